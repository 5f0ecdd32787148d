// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.config.MigrationConfig.Adoption;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.GrowthMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the sections one by one, then checks them against each other. */
final class ConfigReader {
  private static final Duration ROUTER_POLL = Duration.ofSeconds(2);
  private static final Duration MIN_STALENESS = Duration.ofMillis(400);

  private final Section root;
  private final Path folder;
  private final boolean standalone;
  private final List<String> warnings;

  /**
   * @param folder what paths of keys and state files are relative to
   * @param standalone whether there is no file: a single coordinator's environment
   */
  ConfigReader(Section root, Path folder, boolean standalone, List<String> warnings) {
    this.root = root;
    this.folder = folder;
    this.standalone = standalone;
    this.warnings = warnings;
  }

  CoordinatorConfig read() throws ConfigException {
    EnsembleReader members = new EnsembleReader(root, folder, standalone, warnings);
    WireReader wire = new WireReader(root, folder, standalone);
    Optional<TlsConfig> tls = wire.tls();
    HttpConfig http = wire.http(tls);
    RaftConfig raft = wire.raft(http, tls);
    NodeConfig node = members.node();
    EnsembleConfig ensemble = members.ensemble(node, http, raft);
    wire.check(node, ensemble, http, raft, tls.isPresent());
    AuthConfig auth = new AuthReader(root.section("auth"), folder, warnings).read(http);
    BootstrapReader beginning = new BootstrapReader(root.section("bootstrap"), folder);
    BootstrapConfig bootstrap = beginning.read();
    List<String> routers = routers();
    MigrationConfig migration = migration();
    ShardsConfig shards = shards(migration);
    Optional<Path> routersCa = FilePath.in(root, "routers_ca", folder);
    AutoscaleConfig autoscale = autoscale();
    LogConfig log = log();
    AuditConfig audit = audit();
    root.nothingElse();
    return new CoordinatorConfig(
        node, ensemble, tls, http, raft, auth, bootstrap, routers, routersCa, shards, migration,
        autoscale, log, audit);
  }

  private List<String> routers() throws ConfigException {
    DistinctUrls urls = new DistinctUrls();
    List<String> routers = new ArrayList<>();
    for (Section.Field field : root.texts("routers")) {
      if (routers.size() == ClusterState.MAX_ROUTERS) {
        throw field.error("more than " + ClusterState.MAX_ROUTERS + " routers");
      }
      routers.add(urls.add(field, field.text()));
    }
    return routers;
  }

  private ShardsConfig shards(MigrationConfig migration) throws ConfigException {
    Section section = root.section("shards");
    ShardsConfig absent = ShardsConfig.DEFAULT;
    ShardsConfig shards =
        new ShardsConfig(
            key(section, "key"),
            key(section, "router_key"),
            FilePath.in(section, "ca_file", folder),
            section.durationOr("connect_timeout", absent.connectTimeout()),
            section.durationOr("request_timeout", absent.requestTimeout()));
    if (shards.requestTimeout().compareTo(migration.dataTimeout()) > 0) {
      throw section.error(
          "request_timeout",
          "is "
              + Quantity.show(shards.requestTimeout())
              + ", but a request must have ended when migration.data_timeout ("
              + Quantity.show(migration.dataTimeout())
              + ") is over; lower the one or raise the other");
    }
    section.nothingElse();
    return shards;
  }

  private static Optional<Secret> key(Section section, String name) throws ConfigException {
    return section.has(name)
        ? Optional.of(KeyFiles.checked(section.field(name)))
        : Optional.empty();
  }

  private MigrationConfig migration() throws ConfigException {
    Section section = root.section("migration");
    MigrationConfig absent = MigrationConfig.DEFAULT;
    MigrationConfig migration =
        new MigrationConfig(
            section.choiceOr("adoption", standalone ? Adoption.ASSUMED : Adoption.OBSERVED),
            section.durationOr("request_drain", absent.requestDrain()),
            section.durationOr("data_timeout", absent.dataTimeout()),
            section.durationOr("map_staleness", absent.mapStaleness()),
            section.durationOr("router_grace", absent.routerGrace()),
            section.durationOr("pace_target", absent.paceTarget()),
            section.durationOr("target_unhealthy", absent.targetUnhealthy()),
            section.durationOr("unreachable_limit", absent.unreachableLimit()),
            section.wholeOr("round_limit", absent.roundLimit(), 2, 1000),
            section.wholeOr("spill_threshold", absent.spillThreshold(), 0, Integer.MAX_VALUE),
            section.wholeOr(
                "throttle_points_per_second",
                absent.throttlePointsPerSecond(),
                0,
                Integer.MAX_VALUE),
            section.sizeOr("batch_bytes", absent.batchBytes(), 64 << 10, 32 << 20),
            section.has("binary")
                ? Optional.of(section.truthOr("binary", false))
                : Optional.empty());
    if (migration.mapStaleness().compareTo(MIN_STALENESS) < 0) {
      throw section.error(
          "map_staleness",
          "is "
              + Quantity.show(migration.mapStaleness())
              + "; wanted at least 400ms, because a member proves four times in it how fresh it is");
    }
    if (migration.routerGrace().compareTo(ROUTER_POLL) <= 0) {
      throw section.error(
          "router_grace",
          "is "
              + Quantity.show(migration.routerGrace())
              + "; wanted more than 2s, because routers ask for the map every 2s");
    }
    section.nothingElse();
    return migration;
  }

  /** A single-node server's variable is relative to where it was started. */
  private AuditConfig audit() throws ConfigException {
    Section section = root.section("audit");
    boolean quivers =
        section.has("file")
            && section.field("file").origin().equals(Origin.variable(Overlay.AUDIT_LOG));
    AuditConfig audit =
        new AuditConfig(FilePath.in(section, "file", quivers ? Path.of("") : folder));
    section.nothingElse();
    return audit;
  }

  private AutoscaleConfig autoscale() throws ConfigException {
    Section section = root.section("autoscale");
    AutoscaleConfig autoscale = new AutoscaleConfig(section.choiceOr("mode", GrowthMode.ADVICE));
    section.nothingElse();
    return autoscale;
  }

  private LogConfig log() throws ConfigException {
    Section section = root.section("log");
    LogConfig log =
        new LogConfig(
            section.choiceOr("level", LogConfig.DEFAULT.level()),
            section.choiceOr("format", LogConfig.DEFAULT.format()));
    section.nothingElse();
    return log;
  }
}
