// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.http;

import io.quiverdb.coordinator.thread.DaemonThreads;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * Resolves names on its own threads, because a silent DNS server blocks the calling thread until
 * the system's resolver gives up. Each name has at most one look-up at a time, so it blocks at most
 * one thread. Thread-safe.
 */
public final class NameLookups implements AutoCloseable {
  private static final int MAX_THREADS = 64;
  private static final int MAX_WAITING = 16_384;
  private static final long IDLE_SECONDS = 10;
  private static final Pattern LITERAL = Pattern.compile("[0-9.]+|.*:.*|\\[.*]");

  /** Resolves names; blocks. */
  @FunctionalInterface
  public interface Resolver {
    /** All addresses of a name, at least one. */
    InetAddress[] addresses(String name) throws UnknownHostException;
  }

  private final Resolver resolver;
  private final ThreadPoolExecutor threads;
  private final Map<String, CompletableFuture<InetAddress[]>> underWay = new ConcurrentHashMap<>();

  /** Uses the resolver of the system. */
  public NameLookups() {
    this(InetAddress::getAllByName);
  }

  /** Uses a resolver. */
  public NameLookups(Resolver resolver) {
    this.resolver = resolver;
    this.threads =
        new ThreadPoolExecutor(
            MAX_THREADS,
            MAX_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            DaemonThreads.named("names"));
    threads.allowCoreThreadTimeOut(true);
  }

  /** Whether it is an address, so that no look-up is needed. */
  static boolean isAddress(String host) {
    return LITERAL.matcher(host).matches();
  }

  /**
   * Asks for the addresses of a name.
   *
   * @return not to be completed or cancelled, since others wait for it too; completes exceptionally
   *     with {@link NeverSentException}, or never if there is no answer
   */
  CompletableFuture<InetAddress[]> addresses(String name) {
    CompletableFuture<InetAddress[]> mine = new CompletableFuture<>();
    CompletableFuture<InetAddress[]> others = underWay.putIfAbsent(name, mine);
    if (others != null) {
      return others;
    }
    try {
      threads.execute(() -> lookUp(name, mine));
    } catch (RejectedExecutionException e) {
      underWay.remove(name, mine);
      mine.completeExceptionally(
          new NeverSentException("too many names are being looked up here, " + name + " is not"));
    }
    return mine;
  }

  private void lookUp(String name, CompletableFuture<InetAddress[]> answer) {
    try {
      InetAddress[] found = resolver.addresses(name);
      underWay.remove(name, answer);
      answer.complete(found);
    } catch (UnknownHostException | RuntimeException e) {
      underWay.remove(name, answer);
      answer.completeExceptionally(new NeverSentException("the name " + name + " is not known", e));
    }
  }

  /**
   * Waits for the addresses of a host.
   *
   * @throws NeverSentException if it has none, or there is no answer in time
   */
  InetAddress[] await(String host, Duration limit) throws NeverSentException, InterruptedException {
    try {
      return isAddress(host)
          ? resolver.addresses(host)
          : addresses(host).get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw silent(host, limit);
    } catch (UnknownHostException e) {
      throw new NeverSentException(host + " is no address", e);
    } catch (ExecutionException e) {
      throw new NeverSentException(Failures.reason(e), Failures.cause(e));
    }
  }

  /** The addresses were not found in time. */
  static NeverSentException silent(String host, Duration limit) {
    return new NeverSentException(
        "the name " + host + " was not resolved within " + limit.toMillis() + " ms");
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
