// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import io.quiverdb.coordinator.migration.port.Tasks;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** Runs each task on a thread of a pool. */
final class ThreadTasks implements Tasks {
  private final ExecutorService threads;

  /**
   * Runs tasks on these threads.
   *
   * @param threads an unbounded pool: a task that waits for another one must not block it
   */
  ThreadTasks(ExecutorService threads) {
    this.threads = threads;
  }

  @Override
  public <T> Task<T> start(String name, Callable<T> work) {
    Running<T> running = new Running<>(name, work);
    threads.execute(running);
    return running;
  }

  private static final class Running<T> implements Task<T>, Runnable {
    private final String name;
    private final Callable<T> work;
    private final CompletableFuture<T> end = new CompletableFuture<>();
    private @Nullable Thread runner;
    private boolean cancelled;

    Running(String name, Callable<T> work) {
      this.name = name;
      this.work = work;
    }

    @Override
    public void run() {
      Thread thread = Thread.currentThread();
      String before = thread.getName();
      thread.setName(name);
      begin(thread);
      try {
        end.complete(work.call());
      } catch (Throwable e) {
        end.completeExceptionally(e);
      } finally {
        done();
        thread.setName(before);
      }
    }

    private synchronized void begin(Thread thread) {
      runner = thread;
      if (cancelled) {
        thread.interrupt();
      }
    }

    /**
     * Clears a late interruption before the thread returns to the pool: it is not meant for the
     * next task.
     */
    private synchronized void done() {
      runner = null;
      var unused = Thread.interrupted();
    }

    @Override
    public T join() throws Exception {
      try {
        return end.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw e.getCause() instanceof Exception cause ? cause : e;
      }
    }

    @Override
    public boolean isDone() {
      return end.isDone();
    }

    @Override
    public synchronized void cancel() {
      cancelled = true;
      if (runner != null) {
        runner.interrupt();
      }
    }
  }
}
