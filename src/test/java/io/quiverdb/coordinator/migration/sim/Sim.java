// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A world's time and its order. Actors are real threads, but exactly one runs at a time: it has the
 * baton, and gives it on wherever it waits. What comes next is the earliest thing that is due; how
 * long each thing takes, and which of two that are due at once comes first, is left to the seed.
 * Time passes only between things, so that a minute of a world costs no time.
 */
final class Sim {
  /** A deadline that never comes. */
  static final long FOREVER = Long.MAX_VALUE;

  private static final long STUCK_SECONDS = 30;

  /** Something that is due: an actor that goes on, or code that runs at once and never waits. */
  record Event(long time, int tie, long number, Runnable code, Actor actor, int ticket) {}

  /** A world that went wrong. */
  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Broken(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private final ActorThread.Pool threads;
  private final Chance chance;
  private final Trace trace;
  private final long lastMoment;
  private final long mostSteps;
  private final Thread driver = Thread.currentThread();
  private final PriorityQueue<Event> due =
      new PriorityQueue<>(
          (a, b) -> {
            int byTime = Long.compare(a.time, b.time);
            int byTie = byTime != 0 ? byTime : Integer.compare(a.tie, b.tie);
            return byTie != 0 ? byTie : Long.compare(a.number, b.number);
          });
  private final List<Actor> alive = new ArrayList<>();
  private long now;
  private long numbers;
  private long steps;
  private boolean inEvent;
  private boolean ending;
  private Throwable failure;

  private volatile Actor current;
  private volatile long handOvers;
  private volatile boolean over;

  /**
   * An empty world.
   *
   * @param lastMoment a world that lives on past this many ns is stuck
   * @param mostSteps a world with more steps is stuck
   */
  Sim(ActorThread.Pool threads, Chance chance, Trace trace, long lastMoment, long mostSteps) {
    this.threads = threads;
    this.chance = chance;
    this.trace = trace;
    this.lastMoment = lastMoment;
    this.mostSteps = mostSteps;
  }

  /** Lets the world live until {@code main} ends; throws what went wrong in it. */
  void live(Actor.Body main) {
    spawn(new Group("world"), "main", main, () -> ending = true);
    handOver(next());
    awaitEnd();
    if (failure != null) {
      throw new Broken(failure.toString(), failure);
    }
  }

  long now() {
    return now;
  }

  long steps() {
    return steps;
  }

  Chance chance() {
    return chance;
  }

  Actor current() {
    return current;
  }

  /**
   * Seed, virtual time and actor, for lines of the log. Asked by the actor that holds the baton.
   */
  String place() {
    return String.format(
        Locale.ROOT,
        "seed %d %.4f %s",
        chance.seed(),
        now / 1e9,
        inEvent ? "event" : String.valueOf(current));
  }

  void trace(String who, String what, Object... parts) {
    trace.add(now, who, what, parts);
  }

  /** Ends the world: something must never have happened. */
  void fail(Throwable what) {
    if (failure == null && !ending) {
      failure = what;
      trace.add(now, "world", "FAILED: " + what);
      alive.forEach(actor -> trace.add(now, actor.toString(), "was alive"));
    }
    ending = true;
  }

  /** Code that runs after so many ns; it must not wait. */
  void after(long nanos, Runnable code) {
    due.add(new Event(now + nanos, chance.any(), numbers++, code, null, 0));
  }

  Actor spawn(Group group, String name, Actor.Body body) {
    return spawn(group, name, body, () -> {});
  }

  private Actor spawn(Group group, String name, Actor.Body body, Runnable atEnd) {
    ActorThread thread = threads.take();
    Actor actor = new Actor(name, group, body, thread);
    alive.add(actor);
    thread.lend(
        this,
        actor,
        me -> {
          begin(me);
          atEnd.run();
          finish(me);
        });
    schedule(actor, now);
    return actor;
  }

  private void begin(Actor me) {
    me.ticket++;
    Thread.interrupted();
    if (me.killed) {
      return;
    }
    try {
      me.body.run();
    } catch (Actor.Killed e) {
      trace.add(now, me.toString(), "is dead");
    } catch (Throwable e) {
      if (!me.killed) {
        fail(e);
      }
    }
  }

  private void finish(Actor me) {
    // What was to wake it, a kill by itself for one, must not give the baton to a thread that is
    // idle.
    me.ticket++;
    alive.remove(me);
    Actor next = next();
    threads.giveBack(me.thread);
    if (next == null) {
      over = true;
      LockSupport.unpark(driver);
    } else {
      handOver(next);
    }
  }

  /** Kills a process: its actors never come back from where they wait. */
  void kill(Group group) {
    for (Actor actor : List.copyOf(alive)) {
      if (actor.group == group && !actor.killed) {
        actor.killed = true;
        schedule(actor, now);
      }
    }
  }

  void interrupt(Actor actor) {
    if (alive.contains(actor) && actor != current) {
      actor.interrupted = true;
      schedule(actor, now);
    }
  }

  void thaw(Group group) {
    for (Event event : group.thaw()) {
      due.add(
          new Event(
              now + chance.between(0, 1_000_000),
              chance.any(),
              numbers++,
              event.code,
              event.actor,
              event.ticket));
    }
  }

  /** The current actor goes on after so many ns. */
  void sleep(long nanos) throws InterruptedException {
    long until = now + nanos;
    do {
      block(until);
    } while (now < until);
  }

  /**
   * The current actor waits until it is woken, or until {@code deadline}.
   *
   * @return whether it was woken
   */
  boolean block(long deadline) throws InterruptedException {
    Actor me = current;
    if (inEvent) {
      throw new IllegalStateException("an event must not wait");
    }
    if (me.killed) {
      throw new Actor.Killed();
    }
    if (Thread.interrupted() || me.interrupted) {
      me.interrupted = false;
      throw new InterruptedException();
    }
    me.woken = false;
    if (deadline != FOREVER) {
      schedule(me, Math.max(now, deadline));
    }
    Actor next = next();
    if (next != me) {
      handOver(next);
      me.awaitBaton();
    }
    me.ticket++;
    if (me.killed) {
      throw new Actor.Killed();
    }
    if (me.interrupted) {
      me.interrupted = false;
      throw new InterruptedException();
    }
    return me.woken;
  }

  void wake(Actor actor) {
    actor.woken = true;
    schedule(actor, now);
  }

  private void schedule(Actor actor, long time) {
    due.add(new Event(time, chance.any(), numbers++, null, actor, actor.ticket));
  }

  private void handOver(Actor next) {
    handOvers++;
    current = next;
    next.giveBaton();
  }

  /** Who goes on; null if nobody is left at the end. */
  private Actor next() {
    while (!ending) {
      Event event = due.poll();
      if (event == null) {
        fail(new AssertionError("everybody waits for ever"));
        break;
      }
      now = Math.max(now, event.time);
      steps++;
      if (now > lastMoment || steps > mostSteps) {
        fail(new AssertionError("the world does not come to an end (" + steps + " steps)"));
        break;
      }
      Actor actor = event.actor;
      if (actor == null) {
        run(event.code);
      } else if (event.ticket == actor.ticket) {
        if (!actor.group.frozen() || actor.killed) {
          return actor;
        }
        actor.group.hold(event);
      }
    }
    if (alive.isEmpty()) {
      return null;
    }
    Actor last = alive.get(alive.size() - 1);
    last.killed = true;
    return last;
  }

  private void run(Runnable code) {
    inEvent = true;
    try {
      code.run();
    } catch (Throwable e) {
      fail(e);
    } finally {
      inEvent = false;
    }
  }

  /** Only here real time is used: an actor that never returns the baton must not hang the test. */
  private void awaitEnd() {
    long seen = -1;
    long stuck = 0;
    while (!over) {
      LockSupport.parkNanos(this, TimeUnit.SECONDS.toNanos(1));
      stuck = seen == handOvers ? stuck + 1 : 0;
      seen = handOvers;
      if (stuck > STUCK_SECONDS && !over) {
        Actor holder = current;
        IllegalStateException where = new IllegalStateException("is here");
        where.setStackTrace(holder.thread.getStackTrace());
        throw new Broken(holder + " never gives the baton on", where);
      }
    }
  }
}
