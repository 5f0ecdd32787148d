// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.console;

import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.ApiException;
import io.quiverdb.coordinator.api.http.EntityTags;
import io.quiverdb.coordinator.api.http.Fault;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.auth.Keys;
import java.util.Map;

/**
 * Serves the files of the pages to everybody: they are the same everywhere and hold nothing of a
 * cluster. What the pages show they ask for with the operator's key.
 */
public final class ConsoleRoutes implements Routes {
  private static final String PATH = "/console";

  /** Tells the page, which is open, whether it must ask for a key. */
  static final String AUTH = "X-Quiver-Auth";

  /**
   * Only this member's own files and answers, no inline script or style, no frame around it, and no
   * text that becomes markup.
   */
  static final String POLICY =
      "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

  /** Relative, so that a proxy may put a path in front. */
  private static final Map<String, String> LED = Map.of("/", "console", PATH + "/", "../console");

  private final Map<String, Asset> assets = Asset.all();
  private final Keys keys;

  /** For a member that these keys open. */
  public ConsoleRoutes(Keys keys) {
    this.keys = keys;
  }

  @Override
  public void addTo(RouteTable routes) {
    routes.get(PATH, ctx -> answer(ctx, Asset.PAGE));
    routes.get(PATH + "/{file}", ctx -> answer(ctx, ctx.pathParam("file")));
  }

  /** Whether what is served at this path, as it was written in the request, needs no key. */
  public boolean isOpen(String path) {
    return path.equals(PATH)
        || (path.startsWith(PATH + "/") && assets.containsKey(path.substring(PATH.length() + 1)));
  }

  /** Leads a browser to the page from where people look for it; programs see no change. */
  public static void lead(Context ctx) {
    String accepted = ctx.header("Accept");
    String page = LED.get(ctx.path());
    if (page != null
        && ctx.req().getMethod().equals("GET")
        && accepted != null
        && accepted.contains("text/html")) {
      ctx.status(302).header("Location", page).skipRemainingHandlers();
    }
  }

  private void answer(Context ctx, String name) {
    Asset asset = assets.get(name);
    if (asset == null) {
      throw new ApiException(Fault.UNKNOWN_ROUTE, "the console has no such file");
    }
    ctx.header("Content-Security-Policy", POLICY);
    ctx.header("X-Frame-Options", "DENY");
    ctx.header("Referrer-Policy", "no-referrer");
    ctx.header("Cross-Origin-Opener-Policy", "same-origin");
    ctx.header("Cache-Control", "no-cache");
    ctx.header("ETag", asset.etag());
    if (name.equals(Asset.PAGE)) {
      ctx.header(AUTH, keys.open() ? "open" : "key");
    }
    if (EntityTags.noneMatch(ctx.header("If-None-Match"), asset.etag())) {
      ctx.status(304);
      return;
    }
    Responses.bytes(ctx, 200, asset.type(), asset.bytes());
  }
}
