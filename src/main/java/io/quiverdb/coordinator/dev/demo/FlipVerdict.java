// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How routers adopted the flips of a demo, and which reads were stale. Pure.
 *
 * @param routers how many there are
 * @param stale reads that did not find what was acknowledged before they began
 * @param unanswered reads that were not answered
 */
record FlipVerdict(
    int routers, List<Flip> flips, List<ReadBack.Stale> stale, List<String> unanswered) {
  private static final long BEAT = 100_000_000;

  /**
   * One flip.
   *
   * @param undisturbed whether one leader led, and all members were ready, from the gate to the
   *     last adoption; else some routers may be late
   * @param adoptions when each router adopted it
   */
  record Flip(String name, boolean undisturbed, List<Adoption> adoptions) {
    /** From the first adoption that was seen to the last one, ns. */
    long apart() {
      return lastBy() - firstBy();
    }

    /** So far apart they surely were, however late it was seen, ns. */
    long surelyApart() {
      return Math.max(0, adoptions.stream().mapToLong(Adoption::after).max().orElse(0) - firstBy());
    }

    private long firstBy() {
      return adoptions.stream().mapToLong(Adoption::by).min().orElse(0);
    }

    private long lastBy() {
      return adoptions.stream().mapToLong(Adoption::by).max().orElse(0);
    }

    /** Whether routers may have worked with different maps then. */
    boolean covers(long nanos) {
      long begun = adoptions.stream().mapToLong(Adoption::after).min().orElse(0);
      return nanos - begun >= 0 && nanos - lastBy() <= 0;
    }
  }

  List<CheckResult> checks() {
    return List.of(
        new CheckResult("routers adopted each flip within 100 ms of each other", late()),
        new CheckResult(
            "no read was stale, except while routers adopted a flip",
            stale.stream()
                .filter(read -> flips.stream().noneMatch(flip -> flip.covers(read.begun())))
                .map(ReadBack.Stale::what)
                .toList()),
        new CheckResult("every write that was read back was answered", unanswered));
  }

  private List<String> late() {
    List<String> late = new ArrayList<>();
    for (Flip flip : flips) {
      if (flip.adoptions().size() < routers) {
        late.add(flip.name() + ": " + flip.adoptions().size() + " of " + routers + " adopted it");
      } else if (flip.undisturbed() && flip.surelyApart() > BEAT) {
        late.add(
            String.format(Locale.ROOT, "%s: %.0f ms apart", flip.name(), flip.surelyApart() / 1e6));
      }
    }
    return late;
  }

  /** Lines of a table. */
  List<String> figures() {
    List<String> rows = new ArrayList<>();
    for (Flip flip : flips) {
      rows.add(
          DemoResult.row(
                  "routers adopt the flip of the " + flip.name() + ", ms", flip.apart() / 1_000_000)
              + (flip.undisturbed() ? "" : "  (not judged: a member failed just then)"));
    }
    rows.add(DemoResult.row("stale reads while they did", stale.size()));
    return rows;
  }
}
