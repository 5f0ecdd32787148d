// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.auth;

/**
 * A caller whose key was accepted.
 *
 * @param keyId the name of the key in the history
 * @param role what the key may do
 */
public record Caller(String keyId, Role role) {}
