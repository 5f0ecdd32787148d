package io.quiverdb.coordinator.api.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The routes, each with the parameters that it knows in the query. A request with another one is
 * refused before the route sees it: a misspelt {@code dry_run} must never start a drain.
 */
public final class RouteTable {
  private final RoutesConfig routes;
  private final List<Route> added = new ArrayList<>();

  /**
   * A route.
   *
   * @param path with its placeholders
   * @param ignoresUnknown whether it passes over parameters that it does not know
   */
  public record Route(HandlerType method, String path, boolean ignoresUnknown) {}

  public RouteTable(RoutesConfig routes) {
    this.routes = routes;
  }

  public void get(String path, Handler handler, String... known) {
    add(new Route(HandlerType.GET, path, false), handler, known);
  }

  public void post(String path, Handler handler, String... known) {
    add(new Route(HandlerType.POST, path, false), handler, known);
  }

  public void put(String path, Handler handler, String... known) {
    add(new Route(HandlerType.PUT, path, false), handler, known);
  }

  public void delete(String path, Handler handler, String... known) {
    add(new Route(HandlerType.DELETE, path, false), handler, known);
  }

  /** A read of Quiver's single-node coordinator, which passes over what it does not know. */
  public void quiverGet(String path, Handler handler, String... known) {
    add(new Route(HandlerType.GET, path, true), handler, known);
  }

  /** Something to do before any route of this path is looked for. */
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

  /** All routes, in the order in which they came. */
  public List<Route> all() {
    return List.copyOf(added);
  }
}
