// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

/**
 * The Raft server.
 *
 * @param listen where the other members connect; no key protects it, so keep it off public networks
 */
public record RaftConfig(HostPort listen) {}
