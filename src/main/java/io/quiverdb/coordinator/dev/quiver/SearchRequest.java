// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

/**
 * A search for the nearest points.
 *
 * @param vector what to be near to
 * @param k how many matches at most, 0 or more
 * @param withPayload whether matches carry their payload
 * @param withVector whether matches carry their vector
 */
public record SearchRequest(FloatVector vector, int k, boolean withPayload, boolean withVector) {
  /** A search with the default options: with payloads, without vectors. */
  public static SearchRequest nearest(FloatVector vector, int k) {
    return new SearchRequest(vector, k, true, false);
  }
}
