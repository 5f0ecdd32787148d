// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.quiverdb.coordinator.api.http.Json;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/** What the routes are, for programs: OpenAPI 3.1, written by hand and held to the routes. */
final class OpenApiRoutes implements Routes {
  private static final String RESOURCE = "openapi.yaml";
  private static final String VERSION = "VERSION_OF_THIS_BUILD";

  private final String version;
  private Optional<byte[]> json = Optional.empty();

  OpenApiRoutes(String version) {
    this.version = version;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.get("/openapi.json", ctx -> Responses.json(ctx, json()));
    routes.get(
        "/openapi.yaml", ctx -> Responses.bytes(ctx, 200, "application/yaml", yaml(version)));
  }

  /** Few ask, so that it is made for the first who does. */
  private synchronized byte[] json() {
    if (json.isEmpty()) {
      try {
        json = Optional.of(Json.bytes(new ObjectMapper(new YAMLFactory()).readTree(yaml(version))));
      } catch (IOException e) {
        throw new UncheckedIOException(RESOURCE + " cannot be read", e);
      }
    }
    return json.get();
  }

  private static byte[] yaml(String version) {
    try (InputStream in =
        Objects.requireNonNull(OpenApiRoutes.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.replace(VERSION, version).getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE + " cannot be read", e);
    }
  }
}
