// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/**
 * A member that is configured to bootstrap from other content than the cluster did.
 *
 * @param fingerprint of the content that it offered
 * @param epochMillis when, by its own clock
 */
public record BootstrapMismatch(String fingerprint, long epochMillis) {}
