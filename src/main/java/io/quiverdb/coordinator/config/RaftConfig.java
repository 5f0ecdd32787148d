// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

/**
 * The Raft server.
 *
 * @param listen where the other members connect; no key protects it
 * @param tls whether the members show certificates to each other; what speaks no TLS is not heard
 */
public record RaftConfig(HostPort listen, boolean tls) {}
