// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.wait;

import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.step.TaskJoin;
import io.quiverdb.coordinator.migration.step.WaitContext;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.router.RouterException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The barrier of docs/migration-protocol.md. When it passes, every registered router works with the
 * newest map, no member serves an older one, and no request that began under an older one is still
 * running. During a migration only its own entries change the map, and during a sweep none does, so
 * only one version, with one content, passes.
 */
public final class RoutersBarrier {
  private static final Duration INTERVAL = Duration.ofMillis(250);

  /** Routers poll every 2 s; after this time the operator is told. */
  private static final Duration ADOPTION_TIMEOUT = Duration.ofSeconds(10);

  private final WaitContext context;
  private final TreeSet<String> awaited = new TreeSet<>();
  private Set<String> confirmed = Set.of();
  private long awaitedSinceNanos;

  /**
   * A router that does not confirm.
   *
   * @param detail which router, and why, for the operator
   * @param lasting whether only the operator can end it
   * @param answered whether it works with another map; it may only not answer
   */
  public record Unconfirmed(String detail, boolean lasting, boolean answered) {}

  /** For one step. */
  public RoutersBarrier(WaitContext context) {
    this.context = context;
  }

  /** Waits until the newest map is adopted everywhere, and nothing of older ones lives on. */
  public void await() throws InterruptedException {
    long begun = context.time().nanos();
    do {
      awaitConfirmed();
      outdated(begun);
      if (context.adoptionAssumed()) {
        context.healthyWait().await(context.settings().routerGrace(), "router_grace");
      }
      context.healthyWait().await(context.settings().requestDrain(), "request_drain");
      // A router that restarted meanwhile has worked with its seed map.
    } while (unconfirmed().isPresent());
  }

  /** The routers that {@link #await} has waited for: none of their requests uses an older map. */
  public Set<String> confirmed() {
    return confirmed;
  }

  /** Waits until every registered router works with the newest map. */
  public void awaitConfirmed() throws InterruptedException {
    long begun = context.time().nanos();
    awaitedSinceNanos = begun;
    Set<String> registered = Set.copyOf(context.control().routers());
    awaited.addAll(registered);
    while (true) {
      context.control().check();
      Optional<Unconfirmed> missing = unconfirmed();
      if (missing.isEmpty()) {
        confirmed = registered;
        context.control().goingOn();
        return;
      }
      if (missing.get().lasting() || context.time().nanos() - begun > ADOPTION_TIMEOUT.toNanos()) {
        context.control().hold("router", missing.get().detail());
      } else {
        context.control().reportWaiting("router", missing.get().detail());
        context.time().sleep(INTERVAL);
      }
    }
  }

  /** Members stop serving an older map {@code map_staleness} after the newest one was logged. */
  private void outdated(long begunNanos) throws InterruptedException {
    Duration left =
        context.settings().mapStaleness().minusNanos(context.time().nanos() - begunNanos);
    if (!left.isNegative() && !left.isZero()) {
      context.control().reportWaiting("map_staleness", "until no member can serve an older map");
      context.time().sleep(left);
      context.control().goingOn();
    }
  }

  /** The registered routers that do not work with the newest map; polled in parallel. */
  public Optional<Unconfirmed> unconfirmed() throws InterruptedException {
    Map<String, Optional<Unconfirmed>> answers = answers();
    if (answers.isEmpty() && !context.adoptionAssumed()) {
      return Optional.of(
          new Unconfirmed(
              "no router is registered, so the adoption of the map cannot be confirmed;"
                  + " register them",
              true,
              true));
    }
    List<Unconfirmed> missing = new ArrayList<>();
    answers.forEach(
        (url, answer) -> {
          answer.ifPresent(missing::add);
          if (answer.isEmpty() && awaited.remove(url)) {
            Duration waited = Duration.ofNanos(context.time().nanos() - awaitedSinceNanos);
            context.control().recorder().barrierWaited(url, waited);
          }
        });
    return missing.isEmpty() ? Optional.empty() : Optional.of(all(missing));
  }

  /**
   * The answers of the registered routers, by URL; empty: it works with the newest map. Polled in
   * parallel.
   */
  Map<String, Optional<Unconfirmed>> answers() throws InterruptedException {
    ShardMap wanted = context.control().map();
    Map<String, Tasks.Task<Optional<Unconfirmed>>> asked = new LinkedHashMap<>();
    for (String url : context.control().routers()) {
      asked.put(url, context.tasks().start("barrier", () -> ask(url, wanted)));
    }
    Map<String, Optional<Unconfirmed>> answers = new LinkedHashMap<>();
    for (Map.Entry<String, Tasks.Task<Optional<Unconfirmed>>> one : asked.entrySet()) {
      answers.put(one.getKey(), TaskJoin.of(one.getValue()));
    }
    return answers;
  }

  private static Unconfirmed all(List<Unconfirmed> missing) {
    List<String> details = missing.stream().map(Unconfirmed::detail).toList();
    return new Unconfirmed(
        String.join("; ", details),
        missing.stream().anyMatch(Unconfirmed::lasting),
        missing.stream().anyMatch(Unconfirmed::answered));
  }

  private Optional<Unconfirmed> ask(String url, ShardMap wanted) throws InterruptedException {
    ShardMap adopted;
    try {
      adopted = context.routers().adoptedMap(url);
    } catch (RouterException e) {
      return Optional.of(
          new Unconfirmed(url + " does not say which map it has: " + e.getMessage(), false, false));
    }
    return difference(adopted, wanted)
        .map(text -> new Unconfirmed(url + " " + text, foreign(adopted, wanted), true));
  }

  private static boolean foreign(ShardMap adopted, ShardMap wanted) {
    return Long.compareUnsigned(adopted.version(), wanted.version()) >= 0;
  }

  /** How a router's map differs from the wanted one; empty if it does not. */
  public static Optional<String> difference(ShardMap adopted, ShardMap wanted) {
    int order = Long.compareUnsigned(adopted.version(), wanted.version());
    if (order < 0) {
      return Optional.of("still serves map version " + Long.toUnsignedString(adopted.version()));
    }
    if (order > 0) {
      return Optional.of(
          "has map version "
              + Long.toUnsignedString(adopted.version())
              + ", which this ensemble never published (its newest is "
              + Long.toUnsignedString(wanted.version())
              + "): does it follow another coordinator?");
    }
    if (adopted.equals(wanted)) {
      return Optional.empty();
    }
    return Optional.of(
        adopted.leaving().isEmpty() && !wanted.leaving().isEmpty()
            ? "has map version "
                + Long.toUnsignedString(wanted.version())
                + " without its leaving shards: routers of 0.27.0 do not know them, and a drain"
                + " through such a one loses writes; upgrade it, or cancel"
            : "has another map version "
                + Long.toUnsignedString(wanted.version())
                + " than this ensemble published: does it follow another coordinator?");
  }
}
