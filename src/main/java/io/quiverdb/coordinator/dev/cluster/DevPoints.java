// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.cluster;

import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.http.HttpReply;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.StringJoiner;
import java.util.concurrent.CompletionException;

/** Initial points, written through a router. */
public final class DevPoints {
  /** Their collection. */
  public static final String COLLECTION = "dev";

  private static final int BATCH = 500;
  private static final int DIMENSION = 8;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private DevPoints() {}

  /** Creates the collection and writes points {@code p0}, {@code p1}, ... into it. */
  public static void load(String router, int points) throws IOException {
    try (BoundedHttp http = new BoundedHttp("points", Duration.ofSeconds(2), 4)) {
      post(
          http,
          router,
          "/v1/collections",
          "{\"name\":\""
              + COLLECTION
              + "\",\"dim\":"
              + DIMENSION
              + ",\"metric\":\"cosine\",\"index\":\"hnsw\"}");
      for (int first = 0; first < points; first += BATCH) {
        StringJoiner batch = new StringJoiner(",", "{\"points\":[", "]}");
        for (int i = first; i < Math.min(points, first + BATCH); i++) {
          batch.add(point(id(i), i));
        }
        post(http, router, "/v1/collections/" + COLLECTION + "/points", batch.toString());
      }
    }
  }

  /** The id of the point with this number. */
  public static String id(int number) {
    return "p" + number;
  }

  /** A point whose vector and payload follow from its number. */
  public static String point(String id, long number) {
    return "{\"id\":\"%s\",\"vector\":%s,\"payload\":{\"v\":%d}}"
        .formatted(id, vector(number), number);
  }

  /** The vector of that number. */
  public static String vector(long number) {
    Random random = new Random(number);
    StringJoiner vector = new StringJoiner(",", "[", "]");
    for (int d = 0; d < DIMENSION; d++) {
      vector.add(String.format(Locale.ROOT, "%.4f", random.nextFloat()));
    }
    return vector.toString();
  }

  private static void post(BoundedHttp http, String base, String path, String body)
      throws IOException {
    HttpRequest request =
        BoundedHttp.request(base, path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpReply reply = http.send(request, LIMIT, 1 << 20).join();
      if (reply.status() / 100 != 2) {
        throw new IOException(base + path + " answered " + reply.status());
      }
    } catch (CompletionException e) {
      throw new IOException(base + path + " failed", e);
    }
  }
}
