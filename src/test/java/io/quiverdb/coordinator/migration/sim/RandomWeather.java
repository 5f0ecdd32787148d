// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.dev.quiver.QuiverResponse;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Delays, losses and errors by chance; from {@link #clearUp} on only delays. */
final class RandomWeather implements Weather {
  private static final QuiverResponse BROKEN = status(500, "{\"detail\":\"internal error\"}");
  private static final List<QuiverResponse> ERRORS =
      List.of(
          BROKEN,
          status(503, "{\"detail\":\"busy\"}"),
          status(429, "{\"detail\":\"busy\"}"),
          status(200, "<html>garbage"),
          status(502, ""));
  private static final QuiverResponse NO_COLLECTION =
      status(404, "{\"detail\":\"collection not found\",\"status\":404}");

  private static final long LONGEST_HELD = 55_000_000_000L;

  private final Chance chance;
  private final long latency;
  private final int slowPercent;
  private final int lossPerMille;
  private final int errorPerMille;
  private final int heldPerMille;
  private final Predicate<Call> mayBeHeld;
  private final boolean givenUpArrives;
  private boolean clear;

  /**
   * Weather of a kind.
   *
   * @param latency the most ns that a request usually takes, one way
   * @param slowPercent how many take as long as they can
   * @param heldPerMille how many changes of the coordinator the network holds for up to 55 s, which
   *     is how long a kernel goes on sending what its process has given up
   * @param mayBeHeld which of them
   * @param givenUpArrives whether such a one arrives all the same
   */
  RandomWeather(
      Chance chance,
      long latency,
      int slowPercent,
      int lossPerMille,
      int errorPerMille,
      int heldPerMille,
      Predicate<Call> mayBeHeld,
      boolean givenUpArrives) {
    this.chance = chance;
    this.latency = latency;
    this.slowPercent = slowPercent;
    this.lossPerMille = lossPerMille;
    this.errorPerMille = errorPerMille;
    this.heldPerMille = heldPerMille;
    this.mayBeHeld = mayBeHeld;
    this.givenUpArrives = givenUpArrives;
  }

  void clearUp() {
    clear = true;
  }

  @Override
  public Fate fate(Call call, SimShard shard) {
    if (!clear
        && call.kind() == Call.Kind.COORDINATOR
        && call.changes()
        && heldPerMille > 0
        && mayBeHeld.test(call)
        && chance.below(1000) < heldPerMille) {
      long late = chance.between(call.patience(), LONGEST_HELD);
      return givenUpArrives ? Fate.delivered(late, 0) : Fate.held(late);
    }
    long there = delay(call);
    if (!clear && chance.below(1000) < lossPerMille) {
      // A search may wait without a limit, and a broken connection ends it.
      boolean silent = call.kind() == Call.Kind.COORDINATOR && !call.isSearch() && chance.oneIn(2);
      return chance.oneIn(2)
          ? Fate.lost(there, silent)
          : new Fate(there, false, Optional.empty(), true, 0, silent, false);
    }
    long back = Math.min(delay(call), Math.max(0, call.patience() - there));
    if (!clear && chance.below(1000) < errorPerMille) {
      return Fate.answered(there, error(call), back);
    }
    return Fate.delivered(there, back);
  }

  private long delay(Call call) {
    long usual = chance.between(20_000, latency);
    boolean slow = !clear && chance.below(1000) < slowPerMille(call);
    return Math.min(call.patience(), slow ? chance.between(0, call.patience()) : usual);
  }

  /** Waits ask all shards again and again: where every answer may be slow, no wait ever ends. */
  private int slowPerMille(Call call) {
    return call.kind() == Call.Kind.CLIENT
        ? slowPercent * 10
        : call.changes() ? slowPercent * 8 : slowPercent / 3;
  }

  private QuiverResponse error(Call call) {
    if (call.kind() == Call.Kind.CLIENT) {
      return BROKEN;
    }
    return !call.changes() && chance.oneIn(6) ? NO_COLLECTION : chance.of(ERRORS);
  }

  private static QuiverResponse status(int status, String body) {
    return new QuiverResponse(status, Optional.empty(), Optional.empty(), body);
  }
}
