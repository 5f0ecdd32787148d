package io.quiverdb.coordinator.dev;

import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.http.HttpReply;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.StringJoiner;
import java.util.concurrent.CompletionException;

/** Points to begin with, written through the first router. */
public final class DevPoints {
  private static final int BATCH = 500;
  private static final int DIMENSION = 8;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private DevPoints() {}

  /** Creates the collection {@code dev} and writes points {@code p0}, {@code p1}, ... into it. */
  public static void load(DevCluster cluster, int points) throws IOException {
    if (cluster.routers().urls().isEmpty()) {
      throw new IOException("points are written through a router; start at least one");
    }
    String router = cluster.routers().urls().get(0);
    Random random = new Random(1);
    try (BoundedHttp http = new BoundedHttp("points", Duration.ofSeconds(2), 4)) {
      post(
          http,
          router,
          "/v1/collections",
          "{\"name\":\"dev\",\"dim\":" + DIMENSION + ",\"metric\":\"cosine\",\"index\":\"hnsw\"}");
      for (int first = 0; first < points; first += BATCH) {
        StringJoiner batch = new StringJoiner(",", "{\"points\":[", "]}");
        for (int i = first; i < Math.min(points, first + BATCH); i++) {
          batch.add(point(i, random));
        }
        post(http, router, "/v1/collections/dev/points", batch.toString());
      }
    }
  }

  private static String point(int number, Random random) {
    StringJoiner vector = new StringJoiner(",", "[", "]");
    for (int d = 0; d < DIMENSION; d++) {
      vector.add(String.format(Locale.ROOT, "%.4f", random.nextFloat()));
    }
    return "{\"id\":\"p%d\",\"vector\":%s,\"payload\":{\"number\":%d}}"
        .formatted(number, vector, number);
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
