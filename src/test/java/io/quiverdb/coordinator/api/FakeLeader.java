// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.quiverdb.coordinator.api.http.Listening;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.Host;
import io.quiverdb.coordinator.api.request.MigrationOptions;
import io.quiverdb.coordinator.api.request.Observation;
import io.quiverdb.coordinator.api.request.Recorder;
import io.quiverdb.coordinator.api.request.Safeguards;
import io.quiverdb.coordinator.auth.Keys;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.CommandLog;
import io.quiverdb.coordinator.consensus.EnsembleClock;
import io.quiverdb.coordinator.consensus.FakeStateView;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.consensus.StubReport;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.member.Forwarding;
import io.quiverdb.coordinator.member.Introduction;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.GrowthMode;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.router.RouterClient;
import io.quiverdb.coordinator.router.RouterWatch;
import io.quiverdb.coordinator.shard.ShardProbe;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The REST surface of a member that leads alone: commands are applied at once, in memory. */
final class FakeLeader implements AutoCloseable, CommandLog, Reads, Recorder {
  static final String SHARD = "http://127.0.0.1:1";

  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  final StubMembership membership = new StubMembership();
  private final BoundedHttp http = new BoundedHttp("lone", Duration.ofSeconds(1), 16);
  private final RouterWatch routerWatch;
  private final ApiServer api;

  /** What was recorded of answers: method, route, status. */
  final ConcurrentLinkedQueue<String> answers = new ConcurrentLinkedQueue<>();

  /** How many polls were held so far. */
  final AtomicInteger held = new AtomicInteger();

  /** How far the reported clock is ahead. */
  volatile long aheadMillis;

  /** How old the state is; empty: unknown. */
  volatile Optional<Duration> age = Optional.of(Duration.ZERO);

  private final FakeStateView view =
      new FakeStateView(new AppliedState(ClusterState.INITIAL, 0, 1));

  FakeLeader(Keys keys) {
    this(keys, Safeguards.NONE);
  }

  FakeLeader(Keys keys, Safeguards safeguards) {
    this(keys, safeguards, Optional.empty());
  }

  FakeLeader(Keys keys, Safeguards safeguards, Optional<Listening.Tls> tls) {
    RouterClient routers = new RouterClient(http, Optional.empty());
    this.routerWatch =
        new RouterWatch(routers, () -> ClusterState.INITIAL, Clock.systemUTC(), scheduler);
    var unused =
        submit(
            Proposal.of(
                new Stamp("c1", Stamp.SYSTEM, 1),
                new Command.Bootstrap(
                    "11111111-2222-3333-4444-555555555555",
                    "first",
                    new ShardMap(0, List.of(new Shard(0, SHARD, List.of())), List.of(), List.of()),
                    1,
                    List.of())));
    this.api =
        ApiServer.start(
            new ApiContext(
                "c1",
                "test",
                () -> List.of(new Member("c1", "127.0.0.1:1", URI.create("http://127.0.0.1:1"))),
                FakeMember::described,
                this,
                view,
                this,
                new Leading(),
                membership,
                this::report,
                member -> CompletableFuture.completedFuture(report()),
                new Forwarding(http, "c1", Introduction.NONE),
                new ShardProbe(http, Optional.empty(), Duration.ofSeconds(1)),
                routers,
                routerWatch,
                new MigrationOptions(
                    new StubChecks(),
                    0,
                    Duration.ofSeconds(5),
                    Duration.ZERO,
                    GrowthMode.ADVICE,
                    10,
                    false,
                    Path.of("none")),
                keys,
                Duration.ofSeconds(2),
                Clock.systemUTC(),
                new EnsembleClock("c1", Clock.systemUTC(), System::nanoTime, view),
                this,
                safeguards,
                Host.UNKNOWN,
                role -> JsonNodeFactory.instance.objectNode().put("for", role.name())),
            new Listening("127.0.0.1", 0, tls));
  }

  int port() {
    return api.port();
  }

  int tlsPort() {
    return api.tlsPort();
  }

  List<RouteTable.Route> routes() {
    return api.routes();
  }

  URI at(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  @Override
  public CompletableFuture<Submission> submit(Proposal proposal) {
    return CompletableFuture.completedFuture(view.apply(proposal, 1));
  }

  private MemberReport report() {
    return StubReport.of("c1")
        .role(Leadership.Role.LEADER)
        .term(1)
        .index(1)
        .bootable()
        .clock(System.currentTimeMillis() + aheadMillis)
        .build();
  }

  @Override
  public CompletableFuture<AppliedState> linearizable() {
    return CompletableFuture.completedFuture(view.current());
  }

  @Override
  public Optional<Duration> staleness() {
    return age;
  }

  @Override
  public void answered(String method, String route, int status) {
    answers.add(method + " " + route + " " + status);
  }

  @Override
  public void mapServed(int status) {
    answers.add("GET /cluster/map " + status);
  }

  @Override
  public void pollHeld() {
    held.incrementAndGet();
  }

  @Override
  public void committed(long nanos) {}

  @Override
  public void refused(Refusal refusal) {}

  @Override
  public void forwarded() {}

  @Override
  public String scrape(Observation seen) {
    return "";
  }

  @Override
  public void close() {
    api.close();
    routerWatch.close();
    http.close();
    scheduler.shutdownNow();
  }

  private static final class Leading implements Leadership {
    @Override
    public View current() {
      return new View(Role.LEADER, true, 1, Optional.of("c1"), 1);
    }

    @Override
    public StateView.Subscription subscribe(Consumer<View> watcher) {
      return () -> {};
    }

    @Override
    public CompletableFuture<String> transfer(Optional<String> to, Duration limit) {
      return CompletableFuture.failedFuture(new TransferFailedException("nobody else is there"));
    }
  }
}
