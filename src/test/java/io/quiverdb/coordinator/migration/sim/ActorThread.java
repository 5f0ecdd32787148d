// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** A thread that is lent to one actor after the other. */
final class ActorThread extends Thread {
  /** Idle threads; used by one world at a time, and in it by the actor that holds the baton. */
  static final class Pool {
    private final Deque<ActorThread> idle = new ArrayDeque<>();

    ActorThread take() {
      ActorThread thread = idle.poll();
      if (thread == null) {
        thread = new ActorThread();
        thread.setDaemon(true);
        thread.start();
      }
      return thread;
    }

    void giveBack(ActorThread thread) {
      idle.push(thread);
    }
  }

  private volatile Actor actor;
  private volatile Sim world;
  private volatile Consumer<Actor> life;

  private ActorThread() {
    super("sim-actor");
  }

  /** It runs {@code life} as soon as the actor gets the baton. */
  void lend(Sim sim, Actor next, Consumer<Actor> nextLife) {
    world = sim;
    life = nextLife;
    actor = next;
    LockSupport.unpark(this);
  }

  /** The world of the actor that has this thread. */
  Sim world() {
    return world;
  }

  @Override
  public void run() {
    while (true) {
      Actor lent = actor;
      if (lent == null) {
        LockSupport.park(this);
        continue;
      }
      actor = null;
      lent.awaitBaton();
      life.accept(lent);
    }
  }
}
