// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import java.util.ArrayList;
import java.util.List;

/** Actors that stop, freeze and die together: those of one process. */
final class Group {
  private final String name;
  private final List<Sim.Event> held = new ArrayList<>();
  private boolean frozen;

  Group(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  boolean frozen() {
    return frozen;
  }

  /** Nobody of the group goes on until {@link #thaw}; time does. */
  void freeze() {
    frozen = true;
  }

  /** What became due meanwhile. */
  List<Sim.Event> thaw() {
    frozen = false;
    List<Sim.Event> due = List.copyOf(held);
    held.clear();
    return due;
  }

  void hold(Sim.Event event) {
    held.add(event);
  }
}
