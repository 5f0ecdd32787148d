// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.bench;

import io.quiverdb.coordinator.dev.quiver.QuiverClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Points of one collection, as many as are asked for, each with an id and a vector that follow from
 * its number.
 *
 * @param index of the collection, as a shard spells it
 * @param dimension of the vectors
 */
record BenchPoints(String index, int dimension) {
  static final String COLLECTION = "bench";

  static String id(int number) {
    return "p" + number;
  }

  void create(String shard) {
    MigrationCluster.ok(
        QuiverClient.of(shard)
            .post(
                "/v1/collections",
                "{\"name\":\"%s\",\"dim\":%d,\"metric\":\"l2\",\"index\":\"%s\"}"
                    .formatted(COLLECTION, dimension, index)));
  }

  String vector(int number) {
    Random random = new Random(number);
    StringBuilder vector = new StringBuilder(12 * dimension).append('[');
    for (int i = 0; i < dimension; i++) {
      vector.append(i == 0 ? "" : ",").append(random.nextFloat());
    }
    return vector.append(']').toString();
  }

  String point(String id, int number) {
    return "{\"id\":\"" + id + "\",\"vector\":" + vector(number) + ",\"payload\":{\"v\":1}}";
  }

  /**
   * The bodies that write the points whose numbers are below {@code end} and pass a test.
   *
   * @param size how many points each has at most
   */
  List<String> bodies(int end, IntPredicate wanted, int size) {
    int[] numbers = IntStream.range(0, end).filter(wanted).toArray();
    List<String> bodies = new ArrayList<>();
    for (int from = 0; from < numbers.length; from += size) {
      StringBuilder body = new StringBuilder("{\"points\":[");
      for (int i = from; i < Math.min(numbers.length, from + size); i++) {
        body.append(i == from ? "" : ",").append(point(id(numbers[i]), numbers[i]));
      }
      bodies.add(body.append("]}").toString());
    }
    return bodies;
  }

  /** Writes bodies one after another; how long that takes, s. */
  static double write(String shard, String way, List<String> bodies) {
    QuiverClient client = QuiverClient.of(shard);
    long begun = System.nanoTime();
    for (String body : bodies) {
      MigrationCluster.ok(client.post("/v1/collections/" + COLLECTION + way, body));
    }
    return seconds(begun);
  }

  /** The first search, which builds the index where it was put off; how long it takes, s. */
  double search(String shard) {
    long begun = System.nanoTime();
    MigrationCluster.ok(
        QuiverClient.of(shard)
            .post(
                "/v1/collections/" + COLLECTION + "/query",
                "{\"k\":10,\"vector\":" + vector(1) + "}"));
    return seconds(begun);
  }

  /** Reads every row of these shards once, side by side, in pages of this size; s. */
  static double read(List<String> shards, int page) throws InterruptedException {
    long begun = System.nanoTime();
    sideBySide(shards, shard -> readOne(shard, page));
    return seconds(begun);
  }

  /** Reads these shards and writes onto another one at the same time; how long both take, s. */
  static double readAndWrite(
      List<String> shards, int page, String blank, String way, List<String> bodies)
      throws InterruptedException {
    List<String> all = new ArrayList<>(shards);
    all.add(blank);
    long begun = System.nanoTime();
    sideBySide(
        all,
        shard -> {
          if (shard.equals(blank)) {
            var unused = write(blank, way, bodies);
          } else {
            readOne(shard, page);
          }
        });
    return seconds(begun);
  }

  private static void readOne(String shard, int page) {
    int offset = 0;
    int rows = page;
    while (rows == page) {
      String body = page(shard, offset, page);
      rows = body.split("\"id\":", -1).length - 1;
      offset += rows;
    }
  }

  /** One page as it came. */
  static String page(String shard, int offset, int limit) {
    QuiverClient.Reply reply =
        QuiverClient.of(shard)
            .post(
                "/v1/collections/" + COLLECTION + "/fetch",
                "{\"offset\":%d,\"limit\":%d,\"with_payload\":true,\"with_vector\":true}"
                    .formatted(offset, limit));
    if (reply.status() != 200) {
      throw new IllegalStateException(shard + " answered " + reply.status());
    }
    return reply.body();
  }

  /** What is done to one of several shards. */
  interface OnShard {
    void run(String shard);
  }

  static void sideBySide(List<String> shards, OnShard work) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(shards.size());
    try {
      List<Future<?>> running = new ArrayList<>();
      for (String shard : shards) {
        running.add(threads.submit(() -> work.run(shard)));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private static double seconds(long begunNanos) {
    return (System.nanoTime() - begunNanos) / 1e9;
  }
}
