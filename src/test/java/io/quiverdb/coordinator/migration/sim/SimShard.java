// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.dev.quiver.Limits;
import io.quiverdb.coordinator.dev.quiver.QuiverApi;
import io.quiverdb.coordinator.dev.quiver.QuiverResponse;
import io.quiverdb.coordinator.dev.quiver.QuiverVersion;
import io.quiverdb.coordinator.dev.quiver.ShardCore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A shard's process. It may pause, and then finishes what came meanwhile, whether its sender is
 * still there or not; or die and come back with what it had stored.
 */
final class SimShard {
  /** A search waits for an index build; it is asked again. */
  private static final class SearchWaits extends Error {
    private static final long serialVersionUID = 1L;
    private final long nanos;

    SearchWaits(long nanos) {
      super("waits", null, false, false);
      this.nanos = nanos;
    }
  }

  private static final long WAKING_UP = 800_000_000;

  final String url;
  final Limits limits;
  ShardCore core;
  private final Sim sim;
  private final QuiverVersion version;
  private final Duration buildPerPoint;
  private QuiverApi api;
  private Optional<ShardCore> lost = Optional.empty();
  private long emptyUntil = -1;
  private final List<Runnable> inbox = new ArrayList<>();
  private final Map<Promise<Answer>, Call> waiting = new LinkedHashMap<>();

  /** Requests whose packets are lost, until their senders give them up. */
  private final Map<Promise<Answer>, Call> held = new LinkedHashMap<>();

  private boolean paused;
  private boolean dead;
  private int deaths;

  /**
   * The coordinator's requests that will change something, in the order in which they were sent.
   */
  private final List<Call> underWay = new ArrayList<>();

  SimShard(Sim sim, String url, QuiverVersion version, Limits limits, Duration buildPerPoint) {
    this.sim = sim;
    this.url = url;
    this.limits = limits;
    this.version = version;
    this.buildPerPoint = buildPerPoint;
    runOn(empty());
  }

  private ShardCore empty() {
    return new ShardCore(version, limits, buildPerPoint, sim::now);
  }

  private void runOn(ShardCore disk) {
    core = disk;
    api =
        new QuiverApi(
            core,
            List.of(),
            nanos -> {
              throw new SearchWaits(nanos);
            });
  }

  boolean dead() {
    return dead;
  }

  boolean answers() {
    return !paused && !dead;
  }

  void pause() {
    paused = true;
    sim.trace(url, "pauses");
  }

  void resume() {
    paused = false;
    sim.trace(url, "resumes with requests:", inbox.size());
    List<Runnable> waiting = List.copyOf(inbox);
    inbox.clear();
    waiting.forEach(request -> sim.after(sim.chance().between(0, WAKING_UP), request));
  }

  /** Requests of the coordinator, on their way or inside, that will change something. */
  List<Call> underWay() {
    return List.copyOf(underWay);
  }

  void die() {
    dead = true;
    paused = false;
    deaths++;
    sim.trace(url, "dies");
    underWay.clear();
    List<Runnable> waiting = List.copyOf(inbox);
    inbox.clear();
    waiting.forEach(Runnable::run);
  }

  void comeBack() {
    dead = false;
    sim.trace(url, "is back");
  }

  /** Whether it runs on an empty disk. */
  boolean emptied() {
    return lost.isPresent();
  }

  /** Whether it ran on an empty disk at any time since then. */
  boolean wasEmptySince(long nanos) {
    return emptied() || emptyUntil >= nanos;
  }

  /** It is started again, on an empty disk: without a collection it acknowledges no write. */
  void comeBackEmpty() {
    die();
    lost = Optional.of(core);
    runOn(empty());
    comeBack();
    sim.trace(url, "has lost its disk");
  }

  /** It is started again, on the disk that it had. */
  void comeBackWhole() {
    die();
    runOn(lost.orElseThrow());
    lost = Optional.empty();
    emptyUntil = sim.now();
    comeBack();
    sim.trace(url, "has its disk again");
  }

  /** Sends a request on its way. */
  Promise<Answer> send(Call call, Fate fate) {
    Promise<Answer> heard = new Promise<>(sim);
    call.operations().forEach(Operation::sent);
    int life = deaths;
    if (will(call, fate)) {
      underWay.add(call);
    }
    if (fate.held()) {
      held.put(heard, call);
    }
    if (fate.lostBefore()) {
      sim.after(
          fate.there(),
          () -> {
            sim.trace(url, "never gets", call);
            landed(call, false);
            if (!fate.silent()) {
              heard.keep(new Answer.Broken());
            }
          });
    } else {
      sim.after(fate.there(), () -> arrive(call, fate, heard, life));
    }
    return heard;
  }

  private void arrive(Call call, Fate fate, Promise<Answer> heard, int life) {
    if (!fate.held() || held.remove(heard) != null) {
      arriveAgain(call, fate, heard, life);
    }
  }

  private void arriveAgain(Call call, Fate fate, Promise<Answer> heard, int life) {
    if (dead || life != deaths) {
      waiting.remove(heard);
      landed(call, false);
      heard.keep(dead && life == deaths ? new Answer.Refused() : new Answer.Broken());
    } else if (paused) {
      inbox.add(() -> arriveAgain(call, fate, heard, life));
    } else {
      take(call, fate, heard, life);
    }
  }

  private void take(Call call, Fate fate, Promise<Answer> heard, int life) {
    QuiverResponse response;
    if (fate.instead().isPresent()) {
      response = fate.instead().get();
    } else if (call.body().length() > limits.bodyBytes()) {
      response = new QuiverResponse(413, Optional.empty(), Optional.empty(), "too long");
    } else {
      try {
        response = api.answer(call.request());
      } catch (SearchWaits wait) {
        if (closed(heard)) {
          closeSearch(call, heard);
        } else {
          waiting.put(heard, call);
          sim.after(wait.nanos, () -> arriveAgain(call, fate, heard, life));
        }
        return;
      }
      waiting.remove(heard);
    }
    sim.trace(url, "takes", call, "->", response.status(), brief(response.body()));
    landed(call, fate.instead().isEmpty() && response.succeeded());
    if (fate.lostAfter()) {
      if (!fate.silent()) {
        sim.after(fate.back(), () -> heard.keep(new Answer.Broken()));
      }
    } else {
      sim.after(fate.back(), () -> heard.keep(new Answer.Heard(response)));
    }
  }

  private static boolean closed(Promise<Answer> heard) {
    return heard.abandoned();
  }

  /** Its caller has gone: at the next look the shard notices. */
  private void closeSearch(Call call, Promise<Answer> heard) {
    waiting.remove(heard);
    String collection = call.path().split("/")[3];
    boolean last = waiting.values().stream().noneMatch(other -> other.path().equals(call.path()));
    if (last) {
      core.searchesClosed(collection);
    }
  }

  /** The caller does not wait for the answer any more. */
  void closes(Promise<Answer> heard) {
    heard.abandon();
    Call thrownAway = held.remove(heard);
    if (thrownAway != null) {
      sim.trace(url, "never gets what was given up", thrownAway);
      landed(thrownAway, false);
    }
    Call call = waiting.get(heard);
    if (call != null) {
      closeSearch(call, heard);
    }
  }

  private static String brief(String text) {
    return text.length() <= 120 ? text : text.substring(0, 120) + "...";
  }

  private boolean will(Call call, Fate fate) {
    return call.kind() == Call.Kind.COORDINATOR
        && call.changes()
        && !fate.lostBefore()
        && fate.instead().isEmpty()
        && !dead;
  }

  private void landed(Call call, boolean tookEffect) {
    underWay.removeIf(one -> one == call);
    call.operations().forEach(operation -> operation.landed(tookEffect, sim.now()));
  }
}
