// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

/**
 * The Raft server.
 *
 * @param listen where the other members connect; no key protects it
 * @param tls whether the members authenticate each other by certificates; plain connections are
 *     then refused
 */
public record RaftConfig(HostPort listen, boolean tls) {}
