// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * A recorded history of a counter that every acknowledged operation raises, and its check for
 * linearizability (Herlihy and Wing, 1990): each operation got a distinct value, and an operation
 * that began after another one had ended got a higher value. For such a counter these two
 * conditions are sufficient. Thread-safe.
 */
public final class CounterHistory {
  private final List<Operation> done = new ArrayList<>();

  /**
   * An acknowledged operation.
   *
   * @param calledNanos when it was called, by {@link System#nanoTime}
   * @param returnedNanos when its answer arrived
   * @param value its result
   * @param what its name, for a message
   */
  public record Operation(long calledNanos, long returnedNanos, long value, String what) {}

  /** Records an operation. */
  public synchronized void add(Operation operation) {
    done.add(operation);
  }

  /** The number of operations. */
  public synchronized int count() {
    return done.size();
  }

  /** What is wrong with the history; empty if it is linearizable. */
  public synchronized List<String> violations() {
    List<String> violations = new ArrayList<>();
    TreeSet<Long> values = new TreeSet<>();
    for (Operation operation : done) {
      if (!values.add(operation.value())) {
        violations.add("value given twice: " + operation);
      }
    }
    List<Operation> byCall = new ArrayList<>(done);
    byCall.sort(Comparator.comparingLong(Operation::calledNanos));
    List<Operation> byReturn = new ArrayList<>(done);
    byReturn.sort(Comparator.comparingLong(Operation::returnedNanos));
    int returned = 0;
    long highest = Long.MIN_VALUE;
    for (Operation operation : byCall) {
      while (returned < byReturn.size()
          && byReturn.get(returned).returnedNanos() < operation.calledNanos()) {
        highest = Math.max(highest, byReturn.get(returned++).value());
      }
      if (operation.value() <= highest) {
        violations.add(
            "got less than one that had returned before (" + highest + "): " + operation);
      }
    }
    return violations;
  }
}
