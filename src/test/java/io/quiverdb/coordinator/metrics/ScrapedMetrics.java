// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.metrics;

import io.quiverdb.coordinator.api.request.Observation;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.FakeStateView;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.Membership;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.model.ClusterState;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The metrics of a member in which every metric with labels has at least one sample. */
final class ScrapedMetrics {
  private static final AppliedState STATE = new AppliedState(ClusterState.INITIAL, 7, 1);
  private static final Pattern SAMPLE =
      Pattern.compile("(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? [^ ]+$");
  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern HEAD =
      Pattern.compile("(?m)^# HELP ([^ ]+) (.*)\n# TYPE [^ ]+ (.*)$");

  private final Map<String, List<Map<String, String>>> samples = new TreeMap<>();
  private final Map<String, Family> families = new TreeMap<>();

  /** What stands above the samples of a name. */
  record Family(String name, String type, String help) {}

  private ScrapedMetrics(String text) {
    Matcher lines = SAMPLE.matcher(text);
    while (lines.find()) {
      Map<String, String> labels = new TreeMap<>();
      Matcher pairs = LABEL.matcher(lines.group(2) == null ? "" : lines.group(2));
      while (pairs.find()) {
        labels.put(pairs.group(1), pairs.group(2));
      }
      samples.computeIfAbsent(lines.group(1), name -> new ArrayList<>()).add(labels);
    }
    Matcher heads = HEAD.matcher(text);
    while (heads.find()) {
      families.put(heads.group(1), new Family(heads.group(1), heads.group(3), heads.group(2)));
    }
  }

  static ScrapedMetrics now() {
    return new ScrapedMetrics(text());
  }

  static String text() {
    try (CoordinatorMetrics metrics = new CoordinatorMetrics()) {
      metrics.watch(new FakeStateView(STATE), new Fresh(), new Alone());
      metrics.watch(
          new Lone(),
          () -> List.of(new Member("c2", "c2:6336", URI.create("http://c2:6335"))),
          "c1");
      metrics.watchCertificate(() -> Duration.ofDays(1));
      metrics.answered("GET", "/cluster/map", 401);
      metrics.committed(1_000_000);
      metrics.migrations().retried("timeout");
      metrics.migrations().barrierWaited("http://r1:6330", Duration.ofSeconds(1));
      return metrics.scrape(
          new Observation(
              List.of(
                  new Observation.SeenShard("0", true, OptionalLong.of(90_000)),
                  new Observation.SeenShard("1", false, OptionalLong.empty())),
              List.of(
                  new Observation.SeenRouter("http://r1:6330", OptionalLong.of(-1), true),
                  new Observation.SeenRouter("http://r2:6330", OptionalLong.empty(), false)),
              Map.of("left_dirty", 2, "shard_unhealthy", 1),
              OptionalInt.of(1)));
    }
  }

  /** The labels of each sample of this name. */
  List<Map<String, String>> samples(String name) {
    return samples.getOrDefault(name, List.of());
  }

  /** The names of all labels of this metric. */
  Set<String> labels(String name) {
    Set<String> labels = new TreeSet<>();
    samples.forEach(
        (sample, all) -> {
          if (sample.equals(name) || sample.matches(Pattern.quote(name) + "_(bucket|count|sum)")) {
            all.forEach(one -> labels.addAll(one.keySet()));
          }
        });
    return labels;
  }

  /** Those of the coordinator itself, by name. */
  List<Family> own() {
    return families.values().stream()
        .filter(family -> family.name().startsWith("quiver_coordinator_"))
        .toList();
  }

  private static final class Fresh implements Reads {
    @Override
    public CompletableFuture<AppliedState> linearizable() {
      return CompletableFuture.completedFuture(STATE);
    }

    @Override
    public Optional<Duration> staleness() {
      return Optional.of(Duration.ofMillis(100));
    }
  }

  private static final class Lone implements Membership {
    @Override
    public Optional<Set<String>> voters() {
      return Optional.of(Set.of("c1"));
    }

    @Override
    public List<Trouble> troubles() {
      return List.of();
    }

    @Override
    public Optional<Set<String>> following() {
      return Optional.of(Set.of());
    }
  }

  private static final class Alone implements Leadership {
    @Override
    public View current() {
      return new View(Role.LEADER, true, 1, Optional.of("c1"), 7);
    }

    @Override
    public StateView.Subscription subscribe(Consumer<View> watcher) {
      return () -> {};
    }

    @Override
    public CompletableFuture<String> transfer(Optional<String> to, Duration limit) {
      return CompletableFuture.completedFuture("c1");
    }
  }
}
