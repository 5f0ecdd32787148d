// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/**
 * How the cluster began; written once, by the first bootstrap.
 *
 * @param clusterId a UUID that identifies this cluster
 * @param fingerprint of the content of its bootstrap; equal content has an equal fingerprint
 * @param node the member that proposed it
 */
public record Genesis(String clusterId, String fingerprint, String node) {}
