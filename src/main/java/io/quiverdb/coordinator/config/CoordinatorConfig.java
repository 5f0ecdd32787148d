// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The configuration of a member, checked and with all defaults. Immutable. It contains secrets, but
 * {@code toString} does not show them.
 *
 * @param node this member
 * @param ensemble the members of the ensemble
 * @param tls its certificate and trusted CAs; empty: no TLS
 * @param http where it serves REST
 * @param raft where it serves the other members
 * @param auth the API keys
 * @param bootstrap the initial content of an empty ensemble
 * @param routers URLs to register at bootstrap
 * @param routersCa signs the certificates of routers; empty: what the JVM trusts
 * @param shards how it talks to shards and routers
 * @param migration how shards are moved
 * @param autoscale what it may do by the growth policy
 * @param log what it logs
 * @param audit the audit file
 */
public record CoordinatorConfig(
    NodeConfig node,
    EnsembleConfig ensemble,
    Optional<TlsConfig> tls,
    HttpConfig http,
    RaftConfig raft,
    AuthConfig auth,
    BootstrapConfig bootstrap,
    List<String> routers,
    Optional<Path> routersCa,
    ShardsConfig shards,
    MigrationConfig migration,
    AutoscaleConfig autoscale,
    LogConfig log,
    AuditConfig audit) {
  public CoordinatorConfig {
    routers = List.copyOf(routers);
  }
}
