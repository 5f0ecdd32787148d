// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** A caller of the REST surface who notes what surely happened and what may have. */
final class Rest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();

  /** An answer; status 0 stands for no answer at all. */
  record Answer(int status, String body, Optional<String> node, boolean neverSent) {
    JsonNode json() {
      try {
        return MAPPER.readTree(body);
      } catch (IOException e) {
        throw new AssertionError("no JSON: " + body, e);
      }
    }

    boolean ok() {
      return status >= 200 && status < 300;
    }

    /** Whether the change may yet be, or have been, applied. */
    boolean unknown() {
      return status == 504 || (status == 0 && !neverSent) || status == 500 || status == 502;
    }
  }

  /** Waits until the log holds the list of members: from then on it takes commands of format 2. */
  void awaitFormat2(URI member) {
    await("format 2")
        .atMost(Ensemble.PATIENCE)
        .until(() -> get(member, "/cluster/history").body().contains("record_members"));
  }

  Answer get(URI base, String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).GET();
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  Answer post(URI base, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  Answer put(URI base, String path, String body) {
    return send(
        HttpRequest.newBuilder(base.resolve(path))
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(body)));
  }

  Answer delete(URI base, String path) {
    return send(HttpRequest.newBuilder(base.resolve(path)).DELETE());
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          http.send(
              request.timeout(Duration.ofSeconds(10)).build(),
              HttpResponse.BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          response.body(),
          response.headers().firstValue("X-Quiver-Node"),
          false);
    } catch (ConnectException e) {
      return new Answer(0, "", Optional.empty(), true);
    } catch (IOException e) {
      return new Answer(0, e.toString(), Optional.empty(), false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
