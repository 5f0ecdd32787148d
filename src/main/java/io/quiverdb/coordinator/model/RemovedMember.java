// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/**
 * A member that was removed from the list.
 *
 * @param id its id, which another member may have by now
 * @param incarnation the incarnation under which it voted; empty if it never did
 * @param keyId the id of the API key that asked for it
 * @param atMillis when: milliseconds since 1970-01-01T00:00:00Z, for display only
 */
public record RemovedMember(String id, String incarnation, String keyId, long atMillis) {}
