// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;

/** Calls over HTTP, with the router's shard key. */
final class HttpShardCalls implements ShardCalls {
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();
  private final Optional<String> key;

  HttpShardCalls(Optional<String> key) {
    this.key = key;
  }

  @Override
  public QuiverResponse call(String method, String url, Optional<String> json) throws IOException {
    HttpRequest.Builder request;
    try {
      request = HttpRequest.newBuilder(URI.create(url));
    } catch (IllegalArgumentException e) {
      throw new IOException("no http URL: " + url, e);
    }
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    json.ifPresent(body -> request.header("Content-Type", "application/json"));
    request.method(method, json.map(BodyPublishers::ofString).orElseGet(BodyPublishers::noBody));
    try {
      HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
      return QuiverResponse.received(answer.statusCode(), answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException stopped = new InterruptedIOException("stopped while calling " + url);
      stopped.initCause(e);
      throw stopped;
    }
  }
}
