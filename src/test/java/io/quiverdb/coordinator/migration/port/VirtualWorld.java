// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.port;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/**
 * Virtual time, and tasks of which one runs at a time. When one waits, the next one runs; when all
 * wait, time moves. The test itself is one of them.
 */
public final class VirtualWorld implements Time, Tasks {
  public static final long EPOCH_MILLIS = 1_700_000_000_000L;

  private static final long NEVER = Long.MAX_VALUE;

  private static final class Actor {
    private BooleanSupplier ready = () -> true;
    private long deadline;
    private boolean going;
    private boolean interrupted;
  }

  private final ThreadLocal<Actor> current = ThreadLocal.withInitial(Actor::new);
  private final List<Actor> waiting = new ArrayList<>();
  private Optional<Error> broken = Optional.empty();
  private long now = 1;

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public long epochMillis() {
    return EPOCH_MILLIS + now / 1_000_000;
  }

  /** How long it has been going on. */
  public Duration elapsed() {
    return Duration.ofNanos(now);
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    block(() -> false, now + Math.max(0, duration.toNanos()));
  }

  /** Waits until something is so. */
  public void await(BooleanSupplier ready, Duration limit) throws InterruptedException {
    block(ready, now + limit.toNanos());
  }

  private synchronized void block(BooleanSupplier ready, long deadline)
      throws InterruptedException {
    Actor me = current.get();
    me.ready = ready;
    me.deadline = deadline;
    me.going = false;
    waiting.add(me);
    next();
    while (!me.going) {
      wait();
    }
    if (broken.isPresent()) {
      throw broken.get();
    }
    if (me.interrupted) {
      me.interrupted = false;
      throw new InterruptedException();
    }
  }

  private void next() {
    Actor chosen =
        waiting.stream()
            .filter(actor -> actor.interrupted || actor.ready.getAsBoolean())
            .findFirst()
            .or(() -> waiting.stream().min(Comparator.comparingLong(actor -> actor.deadline)))
            .orElseThrow();
    if (!chosen.interrupted && !chosen.ready.getAsBoolean()) {
      now = Math.max(now, chosen.deadline);
    }
    waiting.remove(chosen);
    chosen.going = true;
    notifyAll();
  }

  @Override
  public <T> Task<T> start(String name, Callable<T> work) {
    Actor actor = new Actor();
    Started<T> started = new Started<>(actor);
    synchronized (this) {
      actor.deadline = now;
      waiting.add(actor);
    }
    Thread thread = new Thread(() -> run(actor, work, started), name);
    thread.setDaemon(true);
    thread.start();
    return started;
  }

  private <T> void run(Actor actor, Callable<T> work, Started<T> started) {
    current.set(actor);
    try {
      synchronized (this) {
        while (!actor.going) {
          wait();
        }
      }
      started.value = work.call();
    } catch (Exception e) {
      started.failure = e;
    } catch (Error e) {
      failed(e);
    }
    synchronized (this) {
      started.ended = true;
      next();
    }
  }

  /** A failure of one task fails all that still wait. */
  private synchronized void failed(Error error) {
    broken = Optional.of(error);
  }

  private final class Started<T> implements Task<T> {
    private final Actor actor;
    private volatile boolean ended;
    private T value;
    private Exception failure;

    Started(Actor actor) {
      this.actor = actor;
    }

    @Override
    public T join() throws Exception {
      if (!ended) {
        block(() -> ended, NEVER);
      }
      if (failure != null) {
        throw failure;
      }
      return value;
    }

    @Override
    public boolean isDone() {
      return ended;
    }

    @Override
    public void cancel() {
      actor.interrupted = !ended;
    }
  }
}
