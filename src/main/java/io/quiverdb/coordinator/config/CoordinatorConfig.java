// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * All that a member is told, checked and with every default filled in. Immutable; holds secrets,
 * but none of them shows in {@code toString}.
 *
 * @param node who this member is
 * @param ensemble who the others are
 * @param tls its certificate and whom it trusts; empty: no TLS
 * @param http where it serves REST
 * @param raft where it serves the other members
 * @param auth who may ask
 * @param bootstrap what an empty ensemble begins with
 * @param routers URLs to register at bootstrap
 * @param routersCa signs the certificates of routers; empty: what the JVM trusts
 * @param shards how it talks to shards and routers
 * @param migration how shards are moved
 * @param log what it logs
 * @param audit where it records who asked for what
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
    LogConfig log,
    AuditConfig audit) {
  public CoordinatorConfig {
    routers = List.copyOf(routers);
  }
}
