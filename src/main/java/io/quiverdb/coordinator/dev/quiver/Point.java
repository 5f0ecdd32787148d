// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

/**
 * One point of a collection.
 *
 * @param id any text, the empty one included
 * @param vector as many numbers as its collection has dimensions
 * @param payload JSON of any kind in canonical form; {@code null} as text if there is none
 */
public record Point(String id, FloatVector vector, String payload) {}
