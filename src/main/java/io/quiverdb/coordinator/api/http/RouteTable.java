// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The routes, each with the query parameters that it knows. A request with an unknown parameter is
 * refused before the route runs: a misspelled {@code dry_run} must not start a drain.
 */
public final class RouteTable {
  private final RoutesConfig routes;
  private final List<Route> added = new ArrayList<>();

  /**
   * A route.
   *
   * @param path with its placeholders
   * @param parameters the names of those that it knows in the query
   * @param ignoresUnknown whether it ignores unknown parameters
   */
  public record Route(
      HandlerType method, String path, Set<String> parameters, boolean ignoresUnknown) {
    public Route {
      parameters = Set.copyOf(parameters);
    }
  }

  /** Adds to these routes. */
  public RouteTable(RoutesConfig routes) {
    this.routes = routes;
  }

  /** A read; {@code known} names its parameters in the query, here and below. */
  public void get(String path, Handler handler, String... known) {
    add(new Route(HandlerType.GET, path, Set.of(known), false), handler);
  }

  /** A change by POST. */
  public void post(String path, Handler handler, String... known) {
    add(new Route(HandlerType.POST, path, Set.of(known), false), handler);
  }

  /** A replacement by PUT. */
  public void put(String path, Handler handler, String... known) {
    add(new Route(HandlerType.PUT, path, Set.of(known), false), handler);
  }

  /** A removal by DELETE. */
  public void delete(String path, Handler handler, String... known) {
    add(new Route(HandlerType.DELETE, path, Set.of(known), false), handler);
  }

  /** A read that Quiver's own coordinator has too; it ignores unknown parameters. */
  public void quiverGet(String path, Handler handler, String... known) {
    add(new Route(HandlerType.GET, path, Set.of(known), true), handler);
  }

  /** A read that is answered in front of the framework, which knows of it only that it exists. */
  public void inFront(String path, String... known) {
    get(
        path,
        ctx -> {
          throw new IllegalStateException(path + " is answered in front of the framework");
        },
        known);
  }

  /** Runs before the route of this path. */
  public void before(String path, Handler handler) {
    routes.before(path, handler);
  }

  private void add(Route route, Handler handler) {
    added.add(route);
    routes.addHttpHandler(
        route.method(),
        route.path(),
        ctx -> {
          Query.read(ctx, route.parameters(), route.ignoresUnknown());
          handler.handle(ctx);
        });
  }

  /** All routes, in the order in which they were added. */
  public List<Route> all() {
    return List.copyOf(added);
  }
}
