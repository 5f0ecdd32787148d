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
 * refused before the route runs: a misspelt {@code dry_run} must not start a drain.
 */
public final class RouteTable {
  private final RoutesConfig routes;
  private final List<Route> added = new ArrayList<>();

  /**
   * A route.
   *
   * @param path with its placeholders
   * @param ignoresUnknown whether it ignores unknown parameters
   */
  public record Route(HandlerType method, String path, boolean ignoresUnknown) {}

  /** Adds to these routes. */
  public RouteTable(RoutesConfig routes) {
    this.routes = routes;
  }

  /** A read; {@code known} names its parameters in the query, here and below. */
  public void get(String path, Handler handler, String... known) {
    add(new Route(HandlerType.GET, path, false), handler, known);
  }

  /** A change that is no replacement. */
  public void post(String path, Handler handler, String... known) {
    add(new Route(HandlerType.POST, path, false), handler, known);
  }

  /** A replacement. */
  public void put(String path, Handler handler, String... known) {
    add(new Route(HandlerType.PUT, path, false), handler, known);
  }

  /** A removal. */
  public void delete(String path, Handler handler, String... known) {
    add(new Route(HandlerType.DELETE, path, false), handler, known);
  }

  /** A read that Quiver's own coordinator has too; it ignores unknown parameters. */
  public void quiverGet(String path, Handler handler, String... known) {
    add(new Route(HandlerType.GET, path, true), handler, known);
  }

  /** Runs before the route of this path. */
  public void before(String path, Handler handler) {
    routes.before(path, handler);
  }

  private void add(Route route, Handler handler, String... known) {
    Set<String> names = Set.of(known);
    added.add(route);
    routes.addHttpHandler(
        route.method(),
        route.path(),
        ctx -> {
          Query.read(ctx, names, route.ignoresUnknown());
          handler.handle(ctx);
        });
  }

  /** All routes, in the order in which they were added. */
  public List<Route> all() {
    return List.copyOf(added);
  }
}
