// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A line of blocking code with a thread of its own, which runs only while it holds the baton. All
 * fields but {@link #go} belong to its holder.
 */
final class Actor {
  /** What an actor does. */
  interface Body {
    void run() throws Exception;
  }

  /** Unwinds an actor whose process died. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  final String name;
  final Group group;
  final Body body;
  final ActorThread thread;

  /** Counts its waits: what was meant to end an earlier one ends no later one. */
  int ticket;

  boolean woken;
  boolean killed;
  boolean interrupted;

  /** The operations of a client that the requests of this actor belong to. */
  List<Operation> operations = new ArrayList<>();

  /** How long the client's request of this actor may still be under way, in ns. */
  long patience;

  private volatile boolean go;

  Actor(String name, Group group, Body body, ActorThread thread) {
    this.name = name;
    this.group = group;
    this.body = body;
    this.thread = thread;
  }

  void giveBaton() {
    go = true;
    LockSupport.unpark(thread);
  }

  void awaitBaton() {
    while (!go) {
      LockSupport.park(this);
      // An interrupt from outside would turn every further park into a busy loop.
      if (Thread.interrupted()) {
        interrupted = true;
      }
    }
    go = false;
  }

  @Override
  public String toString() {
    return group.name() + "/" + name;
  }
}
