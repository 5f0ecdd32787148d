// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.quiverdb.coordinator.api.request.Observation;
import io.quiverdb.coordinator.api.request.Recorder;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Members;
import io.quiverdb.coordinator.consensus.Membership;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.migration.port.MigrationRecorder;
import io.quiverdb.coordinator.model.Refusal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** The metrics of one member. Thread-safe. */
public final class CoordinatorMetrics implements Recorder, AutoCloseable {
  private static final String PREFIX = "quiver_coordinator_";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final MigrationMetrics migrations = new MigrationMetrics(registry, PREFIX);
  private final ClusterMetrics cluster = new ClusterMetrics(registry, PREFIX);
  private final Timer commits;
  private final Counter forwarded;
  private final Counter heldPolls;
  private final Map<Refusal, Counter> refusals = new EnumMap<>(Refusal.class);
  private final Map<Integer, Counter> mapAnswers = new ConcurrentHashMap<>();
  private volatile Optional<MemberMetrics> members = Optional.empty();
  private volatile Supplier<Map<String, Number>> bridged = Map::of;

  /** Metrics of the JVM and of what the REST surface records. */
  public CoordinatorMetrics() {
    commits =
        Timer.builder(PREFIX + "commit")
            .description(
                "seconds from the submission of a command to its answer; changes only while this member leads")
            .serviceLevelObjectives(
                Duration.ofMillis(1),
                Duration.ofMillis(2),
                Duration.ofMillis(5),
                Duration.ofMillis(10),
                Duration.ofMillis(25),
                Duration.ofMillis(100),
                Duration.ofMillis(500),
                Duration.ofSeconds(2))
            .register(registry);
    forwarded =
        Counter.builder(PREFIX + "forwarded_requests")
            .description("requests that this member forwarded to the leader")
            .register(registry);
    heldPolls =
        Counter.builder(PREFIX + "held_polls")
            .description("polls of the map that this member held until a flip")
            .register(registry);
    for (Refusal refusal : Refusal.values()) {
      refusals.put(
          refusal,
          Counter.builder(PREFIX + "refused_commands")
              .description(
                  "commands that the rules refused, repetitions included, by reason; on the leader")
              .tag("reason", refusal.wireName())
              .register(registry));
    }
    gc.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** Adds the metrics of the ensemble. */
  public void watch(StateView view, Reads reads, Leadership leadership) {
    migrations.watch(view);
    gauge(
        "applied_index",
        "log index of the last entry that this member has applied",
        () -> view.current().index());
    gauge(
        "map_version",
        "version of the shard map that this member has applied",
        () -> unsigned(view.current().state().map().version()));
    gauge("shards", "shards in the map", () -> view.current().state().map().shards().size());
    gauge(
        "map_age_seconds",
        "how old this member's map may be, in seconds; NaN while that is not known; at map_staleness it stops serving it",
        () -> reads.staleness().map(age -> age.toNanos() / 1e9).orElse(Double.NaN));
    gauge("term", "the current term", () -> leadership.current().term());
    gauge(
        "commit_index",
        "the highest log index known to be committed",
        () -> leadership.current().commitIndex());
    for (Leadership.Role role : Leadership.Role.values()) {
      Gauge.builder(PREFIX + "role", () -> leadership.current().role() == role ? 1 : 0)
          .description(
              "1 for the role that this member has: leader, follower, candidate, rejoining")
          .tag("role", role.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
    Counter changes =
        Counter.builder(PREFIX + "leader_changes")
            .description("how often this member saw another leader")
            .register(registry);
    AtomicReference<String> leader = new AtomicReference<>("");
    var unused =
        leadership.subscribe(
            seen -> {
              String now = seen.leaderId().orElse("");
              if (!now.isEmpty() && !now.equals(leader.getAndSet(now))) {
                changes.increment();
              }
            });
  }

  /**
   * Adds the metrics of the members, as this member sees them.
   *
   * @param self this member's id
   */
  public void watch(Membership membership, Members ensemble, String self) {
    MemberMetrics added = new MemberMetrics(registry, PREFIX, membership, ensemble, self);
    added.refresh(Observation.NONE);
    members = Optional.of(added);
  }

  /**
   * Adds this member's certificate.
   *
   * @param left how long it is still valid; negative if it is not
   */
  public void watchCertificate(Supplier<Duration> left) {
    gauge(
        "certificate_expiry_seconds",
        "seconds until this member's certificate expires; negative once it has; only with tls",
        () -> left.get().toSeconds());
  }

  /** The metrics of the migration engine. */
  public MigrationRecorder migrations() {
    return migrations;
  }

  /**
   * Adds metrics of this member's Raft log; they appear and disappear with its role.
   *
   * @param figures by name, cheap to ask for
   */
  public void bridge(Supplier<Map<String, Number>> figures) {
    this.bridged = figures;
  }

  private void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(PREFIX + name, value).description(description).register(registry);
  }

  static double unsigned(long number) {
    return number >= 0 ? number : number + 0x1p64;
  }

  @Override
  public void answered(String method, String route, int status) {
    requests(method, route, status).increment();
  }

  @Override
  public void mapServed(int status) {
    mapAnswers.computeIfAbsent(status, s -> requests("GET", "/cluster/map", s)).increment();
  }

  private Counter requests(String method, String route, int status) {
    return Counter.builder(PREFIX + "http_requests")
        .description(
            "requests answered; route is a pattern such as /cluster/shards/{id}, or unknown")
        .tags("method", method, "route", route, "status", Integer.toString(status))
        .register(registry);
  }

  @Override
  public void pollHeld() {
    heldPolls.increment();
  }

  @Override
  public void committed(long nanos) {
    commits.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void refused(Refusal refusal) {
    Counter counter = refusals.get(refusal);
    if (counter != null) {
      counter.increment();
    }
  }

  @Override
  public void forwarded() {
    forwarded.increment();
  }

  @Override
  public synchronized String scrape(Observation seen) {
    members.ifPresent(all -> all.refresh(seen));
    cluster.refresh(seen);
    StringBuilder text = new StringBuilder(registry.scrape());
    new TreeMap<>(bridged.get())
        .forEach(
            (name, value) -> {
              String full = PREFIX + "raft_" + name.replaceAll("[^a-zA-Z0-9_]", "_");
              text.append("# TYPE ").append(full).append(" gauge\n");
              text.append(full).append(' ').append(value.doubleValue()).append('\n');
            });
    return text.toString();
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
