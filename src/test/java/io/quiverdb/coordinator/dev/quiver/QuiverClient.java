// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/** Speaks plain HTTP to whatever stands behind a base URL: a double, a real node, a coordinator. */
public final class QuiverClient {
  public static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final HttpClient SHARED = newClient();

  private final HttpClient http;
  private final String base;
  private final Optional<String> authorization;

  private QuiverClient(HttpClient http, String base, Optional<String> authorization) {
    this.http = http;
    this.base = base;
    this.authorization = authorization;
  }

  private static HttpClient newClient() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(5))
        .build();
  }

  public static QuiverClient of(String base) {
    return new QuiverClient(SHARED, base, Optional.empty());
  }

  public QuiverClient withKey(String secret) {
    return withAuthorization("Bearer " + secret);
  }

  public QuiverClient withAuthorization(String header) {
    return new QuiverClient(http, base, Optional.of(header));
  }

  /** The same, without a connection that somebody else may have spoilt. */
  public QuiverClient onItsOwnConnection() {
    return new QuiverClient(newClient(), base, authorization);
  }

  public String base() {
    return base;
  }

  /** The answer; missing texts are empty. */
  public record Reply(int status, String type, String allow, String body) {
    public JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new AssertionError("not JSON: " + this, e);
      }
    }

    /** It succeeded, with exactly this JSON. */
    public void is(String json) {
      assertEquals("200 application/json " + json, status + " " + type + " " + body);
    }

    public void isEmpty(int expected) {
      assertEquals(expected + "  ", status + " " + type + " " + body);
    }

    public void isProblem(int expected) {
      assertEquals(expected + " application/problem+json", status + " " + type, this::toString);
      assertEquals("about:blank", json().path("type").asText(), this::toString);
      assertEquals(expected, json().path("status").asInt(), this::toString);
      assertEquals(true, json().path("title").isTextual(), this::toString);
      assertEquals(true, json().path("detail").isTextual(), this::toString);
    }

    /** Quiver tells in plain text what it could not read. */
    public void isText(int expected) {
      assertEquals(expected + " text/plain; charset=utf-8", status + " " + type, this::toString);
    }
  }

  public Reply get(String path) {
    return send("GET", path, Optional.empty(), Optional.empty());
  }

  public Reply delete(String path) {
    return send("DELETE", path, Optional.empty(), Optional.empty());
  }

  public Reply delete(String path, String json) {
    return send("DELETE", path, Optional.of("application/json"), Optional.of(json));
  }

  public Reply post(String path, String json) {
    return send("POST", path, Optional.of("application/json"), Optional.of(json));
  }

  public Reply send(String method, String path) {
    return send(method, path, Optional.empty(), Optional.empty());
  }

  public Reply send(
      String method, String path, Optional<String> contentType, Optional<String> body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(PATIENCE)
            .method(method, body.map(BodyPublishers::ofString).orElse(BodyPublishers.noBody()));
    contentType.ifPresent(type -> request.header("Content-Type", type));
    authorization.ifPresent(value -> request.header("Authorization", value));
    try {
      HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
      return new Reply(
          answer.statusCode(),
          answer.headers().firstValue("content-type").orElse(""),
          answer.headers().firstValue("allow").orElse(""),
          answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + base + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
