package io.quiverdb.coordinator.migration.wait;

import io.quiverdb.coordinator.migration.port.Tasks;
import io.quiverdb.coordinator.migration.step.Joining;
import io.quiverdb.coordinator.migration.step.Move;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.router.RouterException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The barrier of docs/migration.md: when it is through, every registered router works with the map
 * of this ensemble, no member serves an older one, and no request lives on that began under an
 * older one. While a move is active only its own entries change the map: the one version, with the
 * one content, that passes is that of the newest map.
 */
public final class RoutersBarrier {
  private static final Duration INTERVAL = Duration.ofMillis(250);

  /** Routers poll every 2 s: what takes much longer is worth somebody's attention. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Move move;
  private final TreeSet<String> awaited = new TreeSet<>();
  private long awaitedSinceNanos;

  /**
   * A router that does not confirm.
   *
   * @param detail who, and why, for the operator
   * @param lasting whether it takes somebody to do something about it: it will not pass by itself
   * @param answered whether it works with another map; it may only not answer
   */
  public record Unconfirmed(String detail, boolean lasting, boolean answered) {}

  /** For one step. */
  public RoutersBarrier(Move move) {
    this.move = move;
  }

  /** Waits until the newest map is adopted everywhere, and nothing of older ones lives on. */
  public void await() throws InterruptedException {
    long begun = move.time().nanos();
    do {
      awaitConfirmed();
      outdated(begun);
      if (assumed()) {
        move.quiet().await(move.settings().routerGrace(), "router_grace");
      }
      move.quiet().await(move.settings().requestDrain(), "request_drain");
      // One that was restarted meanwhile has worked with its seed map.
    } while (unconfirmed().isPresent());
  }

  /** Waits until every registered router works with the newest map. */
  public void awaitConfirmed() throws InterruptedException {
    long begun = move.time().nanos();
    awaitedSinceNanos = begun;
    awaited.addAll(move.control().routers());
    while (true) {
      move.control().check();
      Optional<Unconfirmed> missing = unconfirmed();
      if (missing.isEmpty()) {
        move.control().goingOn();
        return;
      }
      if (missing.get().lasting() || move.time().nanos() - begun > PATIENCE.toNanos()) {
        move.control().hold("router", missing.get().detail());
      } else {
        move.control().waiting("router", missing.get().detail());
        move.time().sleep(INTERVAL);
      }
    }
  }

  /** Members stop to serve an older map this long after the newest one was logged. */
  private void outdated(long begunNanos) throws InterruptedException {
    Duration left = move.settings().mapStaleness().minusNanos(move.time().nanos() - begunNanos);
    if (!left.isNegative() && !left.isZero()) {
      move.control().waiting("map_staleness", "until no member can serve an older map");
      move.time().sleep(left);
      move.control().goingOn();
    }
  }

  private boolean assumed() {
    return move.control().migration().plan().adoptionAssumed();
  }

  /** The registered routers that do not work with the newest map; asked side by side. */
  public Optional<Unconfirmed> unconfirmed() throws InterruptedException {
    Map<String, Optional<Unconfirmed>> answers = answers();
    if (answers.isEmpty() && !assumed()) {
      return Optional.of(
          new Unconfirmed(
              "no router is registered, so nobody can say that the map was adopted; register them",
              true,
              true));
    }
    List<Unconfirmed> missing = new ArrayList<>();
    answers.forEach(
        (url, answer) -> {
          answer.ifPresent(missing::add);
          if (answer.isEmpty() && awaited.remove(url)) {
            Duration waited = Duration.ofNanos(move.time().nanos() - awaitedSinceNanos);
            move.control().recorder().barrierWaited(url, waited);
          }
        });
    return missing.isEmpty() ? Optional.empty() : Optional.of(all(missing));
  }

  /**
   * What each registered router says, by its URL; empty: it works with the newest map. Asked side
   * by side.
   */
  Map<String, Optional<Unconfirmed>> answers() throws InterruptedException {
    ShardMap wanted = move.control().map();
    Map<String, Tasks.Task<Optional<Unconfirmed>>> asked = new LinkedHashMap<>();
    for (String url : move.control().routers()) {
      asked.put(url, move.tasks().start("barrier", () -> ask(url, wanted)));
    }
    Map<String, Optional<Unconfirmed>> answers = new LinkedHashMap<>();
    for (Map.Entry<String, Tasks.Task<Optional<Unconfirmed>>> one : asked.entrySet()) {
      answers.put(one.getKey(), Joining.join(one.getValue()));
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
      adopted = move.routers().adoptedMap(url);
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

  /** In what a router's map is not the wanted one; empty if it is. */
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
