// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.api.ApiServer;
import io.quiverdb.coordinator.api.http.Listening;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.Host;
import io.quiverdb.coordinator.api.request.MigrationOptions;
import io.quiverdb.coordinator.auth.Role;
import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.SnapshotCodec;
import io.quiverdb.coordinator.config.BootstrapSource;
import io.quiverdb.coordinator.config.CoordinatorConfig;
import io.quiverdb.coordinator.config.MemberConfig;
import io.quiverdb.coordinator.config.MemberReader;
import io.quiverdb.coordinator.config.MigrationConfig;
import io.quiverdb.coordinator.config.Secret;
import io.quiverdb.coordinator.config.ShownConfig;
import io.quiverdb.coordinator.consensus.EnsembleClock;
import io.quiverdb.coordinator.consensus.FailureListener;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.Peers;
import io.quiverdb.coordinator.consensus.ProofClock;
import io.quiverdb.coordinator.consensus.ratis.RatisEnsemble;
import io.quiverdb.coordinator.consensus.ratis.RatisSettings;
import io.quiverdb.coordinator.consensus.ratis.StorageException;
import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.http.DirectHttp;
import io.quiverdb.coordinator.http.ListenerProbe;
import io.quiverdb.coordinator.http.NameLookups;
import io.quiverdb.coordinator.member.Forwarding;
import io.quiverdb.coordinator.member.HttpPeers;
import io.quiverdb.coordinator.member.Introduction;
import io.quiverdb.coordinator.metrics.CoordinatorMetrics;
import io.quiverdb.coordinator.migration.port.MemoryBudget;
import io.quiverdb.coordinator.migration.port.MigrationPorts;
import io.quiverdb.coordinator.model.EnsembleMember;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.router.HttpRouters;
import io.quiverdb.coordinator.router.RouterClient;
import io.quiverdb.coordinator.router.RouterWatch;
import io.quiverdb.coordinator.shard.HttpShardClient;
import io.quiverdb.coordinator.shard.ShardProbe;
import io.quiverdb.coordinator.shard.ShardWatch;
import io.quiverdb.coordinator.thread.DaemonThreads;
import io.quiverdb.coordinator.thread.PeriodicExecutor;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running member: builds and connects its parts. The REST surface starts before the Raft
 * server, because the members of a new ensemble ask each other over it whether all are new, and
 * probes must get an answer at once.
 */
final class RunningMember implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningMember.class);
  private static final Duration START_OF_A_MOVE = Duration.ofSeconds(30);
  private static final Duration PROBE = Duration.ofSeconds(1);
  private static final int GROWTH_SECONDS = 1;

  private final CoordinatorConfig config;
  private final ScheduledExecutorService scheduler;
  private final CoordinatorMetrics metrics = new CoordinatorMetrics();
  private final NameLookups names = new NameLookups();
  private final BoundedHttp inside;
  private final BoundedHttp outside;
  private final BoundedHttp toRouters;
  private final DirectHttp data;
  private final RatisEnsemble ensemble;
  private final RouterWatch routerWatch;
  private final ShardWatch shardWatch;
  private final LeftAddresses leftAddresses;
  private final ApiServer api;
  private final MigrationService migrations;
  private final ExecutorService migrationThreads =
      Executors.newCachedThreadPool(DaemonThreads.named("migrations"));
  private final BootstrapTask beginning;
  private final Protection protection;
  private final DiskSpace disk;

  RunningMember(
      CoordinatorConfig config, Optional<BootstrapSource> source, FailureListener failures)
      throws MemberStartException {
    this.config = config;
    Clock clock = Clock.systemUTC();
    this.protection = new Protection(config, clock);
    this.disk = new DiskSpace(config.node().dataDir());
    Introduction introduction = protection.introduction();
    this.scheduler = new PeriodicExecutor(2, DaemonThreads.named("periodic"));
    List<Member> members =
        config.ensemble().members().stream()
            .map(m -> new Member(m.id(), m.raft().toString(), m.http()))
            .toList();
    Duration connectTimeout = config.shards().connectTimeout();
    this.inside =
        new BoundedHttp("members", names, protection.toMembers(), Duration.ofSeconds(1), 1_024);
    this.outside = new BoundedHttp("shards", names, protection.toShards(), connectTimeout, 8_192);
    this.toRouters =
        new BoundedHttp("routers", names, protection.toRouters(), connectTimeout, 8_192);
    this.data = new DirectHttp(names, protection.toShards(), connectTimeout, 1_024);
    Peers peers = new HttpPeers(inside, config.ensemble().name(), introduction, clock);
    this.ensemble =
        new RatisEnsemble(
            settings(config, members, source.isPresent()).over(protection.raft()),
            EntryCodec.current(),
            SnapshotCodec.current(),
            peers,
            clock,
            failures,
            Version.OF_THIS_BUILD);
    RouterClient routers =
        new RouterClient(toRouters, config.shards().routerKey().map(Secret::reveal));
    this.routerWatch =
        new RouterWatch(routers, () -> ensemble.stateView().current().state(), clock, scheduler);
    ShardProbe shards = new ShardProbe(outside, config.shards().key().map(Secret::reveal), PROBE);
    Supplier<ShardMap> map = () -> ensemble.stateView().current().state().map();
    this.shardWatch = new ShardWatch(shards, map, clock, scheduler);
    this.leftAddresses = new LeftAddresses(shards, map, scheduler);
    metrics.watch(ensemble.stateView(), ensemble.reads(), ensemble.leadership());
    metrics.watch(ensemble.membership(), ensemble.members(), config.node().id());
    metrics.bridge(ensemble::gauges);
    if (protection.certificateLeft().isPresent()) {
      metrics.watchCertificate(() -> protection.certificateLeft().orElseThrow());
    }
    EnsembleClock time =
        new EnsembleClock(config.node().id(), clock, System::nanoTime, ensemble.stateView());
    this.migrations = migrations(routers, clock, time);
    ApiContext node =
        new ApiContext(
            config.node().id(),
            Version.OF_THIS_BUILD,
            ensemble.members(),
            RunningMember::described,
            ensemble.commandLog(),
            ensemble.stateView(),
            ensemble.reads(),
            ensemble.leadership(),
            ensemble.membership(),
            ensemble::report,
            peers,
            new Forwarding(inside, config.node().id(), introduction),
            shards,
            routers,
            routerWatch,
            new MigrationOptions(
                new LeaderMigrationChecks(
                    migrations,
                    shardWatch,
                    new OldShardAddress(new ListenerProbe(names, connectTimeout)),
                    migrationThreads),
                config.migration().throttlePointsPerSecond(),
                START_OF_A_MOVE,
                config.migration().unreachableLimit(),
                config.autoscale().mode(),
                config.migration().spillThreshold(),
                config.migration().adoption() == MigrationConfig.Adoption.ASSUMED,
                spills(config)),
            protection.keys().keys(),
            config.migration().mapStaleness(),
            clock,
            time,
            metrics,
            protection.safeguards().with(leftAddresses::alarms),
            new Host(
                protection::certificateLeft, disk::free, new Diagnostics(config, disk, clock)::now),
            role ->
                role == Role.ADMIN ? ShownConfig.toAdmin(config) : ShownConfig.toOthers(config));
    this.api = serve(node, config, protection.listening());
    BootstrapForwarder leader =
        new BootstrapForwarder(inside, introduction, ensemble.members(), protection.keys()::admin);
    this.beginning =
        source.isPresent()
            ? new BootstrapProposer(
                config.node().id(), source.get(), ensemble, leader, routers, time)
            : new NoBootstrapWatch(config.node().id(), ensemble, peers, failures);
  }

  private MigrationService migrations(RouterClient routers, Clock clock, EnsembleClock stamps) {
    SpillFiles spills = new SpillFiles(spills(config), config.node().id());
    ThreadTasks tasks = new ThreadTasks(migrationThreads);
    SystemTime time = new SystemTime(clock);
    ProofClock proofs = new ProofClock(System::nanoTime, clock);
    MemoryBudget memory = MemoryBudget.ofHeap(Runtime.getRuntime().maxMemory());
    return new MigrationService(
        ensemble.leadership(),
        term -> {
          LeaderFence fence =
              new LeaderFence(
                  term,
                  ensemble.leadership(),
                  ensemble.reads(),
                  config.migration().mapStaleness(),
                  proofs);
          return new MigrationPorts(
              new LeaderLog(
                  config.node().id(),
                  term,
                  ensemble.commandLog(),
                  ensemble.stateView(),
                  ensemble.leadership(),
                  stamps),
              new HttpShardClient(
                  data,
                  config.shards().key().map(Secret::reveal),
                  config.shards().requestTimeout(),
                  fence),
              new HttpRouters(routers),
              time,
              tasks,
              fence,
              spills,
              memory,
              metrics.migrations());
        },
        MigrationService.settings(config.migration()));
  }

  private static EnsembleMember described(String id, String raft, String http) {
    MemberConfig read = MemberReader.read(id, raft, http);
    return new EnsembleMember(read.id(), read.raft().toString(), read.http().toString());
  }

  private static Path spills(CoordinatorConfig config) {
    return config.node().dataDir().resolve("spills");
  }

  private static ApiServer serve(ApiContext node, CoordinatorConfig config, Listening where)
      throws MemberStartException {
    try {
      return ApiServer.start(node, where);
    } catch (RuntimeException e) {
      throw new MemberStartException(
          "http.listen: cannot listen on "
              + config.http().listen()
              + config.http().tls().map(tls -> ", or on http.tls_listen " + tls.listen()).orElse("")
              + ": "
              + deepest(e)
              + "; is another process, or another member, using the port?",
          e);
    }
  }

  /** Finds the message of the system, which the framework wraps in its own advice. */
  private static String deepest(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  private static RatisSettings settings(
      CoordinatorConfig config, List<Member> members, boolean bootable) {
    return RatisSettings.production(
            config.node().id(),
            config.ensemble().name(),
            members,
            config.node().dataDir(),
            config.raft().listen().host(),
            config.raft().listen().port(),
            new RatisSettings.Timing(
                config.ensemble().timing().min(), config.ensemble().timing().max()),
            config.migration().freshnessInterval(),
            bootable)
        .joining(config.ensemble().join());
  }

  /** Reloads files that were changed, and reopens files that were renamed. */
  void lookAtFiles() {
    protection.lookAtFiles();
  }

  /** Joins the ensemble; blocks while it waits for other members. */
  void start() throws StorageException, InterruptedException {
    LOG.info(
        "member {} of ensemble {} ({} members): http {}, raft {}, data in {}",
        config.node().id(),
        config.ensemble().name(),
        config.ensemble().members().size(),
        config.http().listen(),
        config.raft().listen(),
        config.node().dataDir().toAbsolutePath());
    protection.begin(scheduler);
    disk.begin(scheduler);
    beginning.begin(scheduler);
    var unused =
        scheduler.scheduleWithFixedDelay(
            api::lookAtGrowth, GROWTH_SECONDS, GROWTH_SECONDS, TimeUnit.SECONDS);
    ensemble.start();
  }

  /**
   * Hands leadership over first, so that the others continue at once; then lets requests end; then
   * closes.
   */
  @Override
  public void close() {
    api.letPollsGo();
    try {
      ensemble.handOver();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    migrations.close();
    migrationThreads.shutdownNow();
    scheduler.shutdownNow();
    api.close();
    routerWatch.close();
    shardWatch.close();
    leftAddresses.close();
    ensemble.close();
    inside.close();
    outside.close();
    toRouters.close();
    data.close();
    names.close();
    metrics.close();
    protection.close();
  }
}
