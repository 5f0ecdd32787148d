package io.quiverdb.coordinator.process;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks a recorded history of a counter against linearizability (Herlihy and Wing, 1990): every
 * acknowledged operation got a value of its own, and one that began after another one had ended got
 * a higher one. For a counter that each operation raises, that is the whole condition.
 */
final class Operations {
  private final List<Operation> done = new ArrayList<>();

  /** An acknowledged operation: when it was called, when it returned, and what it got. */
  record Operation(long calledNanos, long returnedNanos, long value, String what) {}

  synchronized void add(Operation operation) {
    done.add(operation);
  }

  synchronized int count() {
    return done.size();
  }

  synchronized List<Operation> all() {
    return List.copyOf(done);
  }

  /** What is wrong with the history; empty if it is linearizable. */
  synchronized List<String> violations() {
    List<String> violations = new ArrayList<>();
    Set<Long> values = new HashSet<>();
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
