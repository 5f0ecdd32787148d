// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client of a stream of events, which reads it on its own thread. */
public final class FollowedStream implements AutoCloseable {
  private final HttpResponse<InputStream> response;
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private volatile boolean over;

  /** An event as it came. */
  public record Event(String id, String kind, String data) {}

  private FollowedStream(HttpResponse<InputStream> response) {
    this.response = response;
    Thread reader = new Thread(this::read, "follows " + response.uri());
    reader.setDaemon(true);
    reader.start();
  }

  /** Begins to follow. */
  public static FollowedStream of(HttpClient client, URI uri, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return new FollowedStream(
          client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void read() {
    String id = "";
    String kind = "message";
    String data = "";
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty()) {
          if (!data.isEmpty()) {
            events.add(new Event(id, kind, data));
          }
          kind = "message";
          data = "";
        } else if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("event: ")) {
          kind = line.substring(7);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        }
      }
    } catch (IOException e) {
      // Cut off: the events so far count.
    }
    over = true;
  }

  public HttpResponse<InputStream> response() {
    return response;
  }

  /** The events so far. */
  public List<Event> events() {
    return List.copyOf(events);
  }

  /** The ids of the events of these kinds. */
  public List<String> ids(String... kinds) {
    return events.stream()
        .filter(event -> List.of(kinds).contains(event.kind()))
        .map(Event::id)
        .toList();
  }

  /** Whether nothing more will come. */
  public boolean over() {
    return over;
  }

  @Override
  public void close() {
    try {
      response.body().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
