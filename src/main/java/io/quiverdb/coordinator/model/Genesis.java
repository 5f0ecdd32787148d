// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/**
 * How the cluster began; written once, by the first bootstrap.
 *
 * @param clusterId a UUID that tells this cluster from every other one
 * @param fingerprint of what it booted from; an equal bootstrap has an equal one
 * @param node the member that proposed it
 */
public record Genesis(String clusterId, String fingerprint, String node) {}
