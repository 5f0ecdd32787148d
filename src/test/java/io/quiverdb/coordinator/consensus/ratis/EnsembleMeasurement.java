package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.Submission;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Prints what an ensemble of three inside one process does on this machine: all three share its
 * cores. No test; run its {@code main} with the test class path.
 */
final class EnsembleMeasurement {
  private EnsembleMeasurement() {}

  public static void main(String[] args) throws Exception {
    int commits = args.length > 0 ? Integer.parseInt(args[0]) : 50_000;
    int kills = args.length > 1 ? Integer.parseInt(args[1]) : 10;
    Path dir = Files.createTempDirectory("ensemble-measurement");
    try (TestEnsemble ensemble = new TestEnsemble(dir, 3).adjust(EnsembleMeasurement::shipped)) {
      long begun = System.nanoTime();
      ensemble.startAll();
      ensemble.leader();
      System.out.printf("founding until a leader is ready: %d ms%n", millisSince(begun));
      ensemble.submit(TestEnsemble.bootstrap());
      throughput(ensemble, commits / 5, 64);
      oneAtATime(ensemble, 500);
      System.out.printf("one at a time: %s%n", oneAtATime(ensemble, 3000));
      for (int width : new int[] {16, 64}) {
        System.out.printf("%d in flight: %.0f/s%n", width, throughput(ensemble, commits, width));
      }
      System.out.printf(
          "linearizable read, leader: %s%n", reads(ensemble, ensemble.leader(), 3000));
      System.out.printf(
          "linearizable read, follower: %s%n", reads(ensemble, ensemble.followers().get(0), 3000));
      System.out.printf("killed leader to next answer: %s%n", failovers(ensemble, kills, true));
      System.out.printf("stopped leader to next answer: %s%n", failovers(ensemble, kills, false));
      System.out.printf(
          "heap in use: %d MiB%n",
          (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20);
    } finally {
      TestEnsemble.delete(dir);
    }
  }

  private static RatisSettings shipped(RatisSettings s) {
    return TestEnsemble.tuned(s, RatisSettings.Tuning.PRODUCTION);
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }

  private static String oneAtATime(TestEnsemble ensemble, int count) {
    RatisEnsemble leader = ensemble.member(ensemble.leader());
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long begun = System.nanoTime();
      TestEnsemble.answer(leader, TestEnsemble.proposal(new Command.AllocateId()));
      millis.add((System.nanoTime() - begun) / 1e6);
    }
    return summary(millis);
  }

  private static double throughput(TestEnsemble ensemble, int count, int width) throws Exception {
    RatisEnsemble leader = ensemble.member(ensemble.leader());
    Semaphore free = new Semaphore(width);
    CountDownLatch done = new CountDownLatch(count);
    AtomicInteger answered = new AtomicInteger();
    long begun = System.nanoTime();
    for (int i = 0; i < count; i++) {
      free.acquire();
      CompletableFuture<Submission> one =
          leader.commandLog().submit(TestEnsemble.proposal(new Command.AllocateId()));
      one.thenAccept(
          answer -> {
            if (answer instanceof Submission.Answered) {
              answered.incrementAndGet();
            }
            free.release();
            done.countDown();
          });
    }
    done.await();
    if (answered.get() != count) {
      System.out.printf("only %d of %d were answered%n", answered.get(), count);
    }
    return count / ((System.nanoTime() - begun) / 1e9);
  }

  private static String reads(TestEnsemble ensemble, String id, int count) throws Exception {
    RatisEnsemble member = ensemble.member(id);
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long begun = System.nanoTime();
      member.reads().linearizable().get(5, TimeUnit.SECONDS);
      millis.add((System.nanoTime() - begun) / 1e6);
    }
    return summary(millis);
  }

  private static String failovers(TestEnsemble ensemble, int count, boolean kill) throws Exception {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String leader = ensemble.leader();
      ensemble.awaitCaughtUp(ensemble.ids().toArray(String[]::new));
      TimeUnit.SECONDS.sleep(1);
      Thread end =
          new Thread(
              () -> {
                if (kill) {
                  ensemble.kill(leader);
                } else {
                  ensemble.stop(leader);
                }
              });
      long begun = System.nanoTime();
      end.start();
      ensemble.submit(new Command.AllocateId());
      while (ensemble.leader().equals(leader)) {
        ensemble.submit(new Command.AllocateId());
      }
      ensemble.submit(new Command.AllocateId());
      millis.add((System.nanoTime() - begun) / 1e6);
      end.join();
      ensemble.start(leader);
    }
    return summary(millis);
  }

  private static String summary(List<Double> millis) {
    if (millis.isEmpty()) {
      return "not measured";
    }
    List<Double> sorted = millis.stream().sorted().toList();
    return String.format(
        "p50 %.2f ms, p99 %.2f ms, max %.2f ms",
        sorted.get(sorted.size() / 2),
        sorted.get((int) (sorted.size() * 0.99)),
        sorted.get(sorted.size() - 1));
  }
}
