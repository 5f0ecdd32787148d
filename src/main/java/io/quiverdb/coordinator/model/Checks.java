// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The checks of the data: the one that may run, and the last ones that ended. Since format 2.
 *
 * @param nextId id of the next check, from 1
 * @param all by id, oldest first; at most {@value #KEPT}
 */
public record Checks(long nextId, List<DataCheck> all) {
  /** How many stay readable, the running one included. */
  public static final int KEPT = 5;

  /** The first format in which there are any. */
  public static final int SINCE_FORMAT = 2;

  /** None yet. */
  public static final Checks EMPTY = new Checks(1, List.of());

  /** Copies the list. */
  public Checks {
    all = List.copyOf(all);
  }

  /** The check with this id. */
  public Optional<DataCheck> find(long id) {
    return all.stream().filter(check -> check.id() == id).findFirst();
  }

  /** The one that has not ended. */
  public Optional<DataCheck> running() {
    return all.stream().filter(DataCheck::isRunning).findFirst();
  }

  /** The one whose strays are being removed. */
  public Optional<DataCheck> sweeping() {
    return all.stream().filter(DataCheck::isSwept).findFirst();
  }

  /**
   * Whether leaders before the next one may have sent requests of a sweep to shards that can still
   * take effect. The end of a sweep is logged only when nothing is under way, unless an operator
   * ends it by force.
   */
  public boolean mayHaveRequestsUnderWay() {
    return all.stream().anyMatch(check -> check.isSwept() || check.isUnsettled());
  }

  /**
   * With one that begins. The oldest is forgotten; one whose sweep was ended by force only if all
   * were: leaders have to know of its requests.
   */
  public Checks started(DataCheck check) {
    List<DataCheck> longer = new ArrayList<>(all);
    if (longer.size() >= KEPT) {
      longer.remove(
          longer.stream().filter(one -> !one.isUnsettled()).findFirst().orElse(longer.get(0)));
    }
    longer.add(check);
    return new Checks(check.id() + 1, longer);
  }

  /** With one of them changed. */
  public Checks changed(DataCheck check) {
    return new Checks(
        nextId, all.stream().map(each -> each.id() == check.id() ? check : each).toList());
  }
}
