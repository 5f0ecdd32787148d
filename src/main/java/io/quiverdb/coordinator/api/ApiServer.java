// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinException;
import io.quiverdb.coordinator.api.console.ConsoleRoutes;
import io.quiverdb.coordinator.api.growth.AutoscaleRoutes;
import io.quiverdb.coordinator.api.growth.GrowthLooks;
import io.quiverdb.coordinator.api.growth.GrowthWatch;
import io.quiverdb.coordinator.api.http.Access;
import io.quiverdb.coordinator.api.http.BodyHandler;
import io.quiverdb.coordinator.api.http.CallerHandler;
import io.quiverdb.coordinator.api.http.CrossSite;
import io.quiverdb.coordinator.api.http.HeadHandler;
import io.quiverdb.coordinator.api.http.HostNames;
import io.quiverdb.coordinator.api.http.Listening;
import io.quiverdb.coordinator.api.http.Responses;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.api.http.Routes;
import io.quiverdb.coordinator.api.http.WebServer;
import io.quiverdb.coordinator.api.migration.MigrationRoutes;
import io.quiverdb.coordinator.api.migration.MigrationStartRoutes;
import io.quiverdb.coordinator.api.migration.PlanRoutes;
import io.quiverdb.coordinator.api.migration.ShardUrlRoutes;
import io.quiverdb.coordinator.api.migration.SpillRoutes;
import io.quiverdb.coordinator.api.migration.SweepRoutes;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.CommandHandler;
import io.quiverdb.coordinator.api.request.LeaderForwarder;
import io.quiverdb.coordinator.api.request.LongPolls;
import io.quiverdb.coordinator.api.request.MapResponseCache;
import io.quiverdb.coordinator.api.request.RequestForwarder;
import io.quiverdb.coordinator.api.request.ResultJson;
import io.quiverdb.coordinator.api.stream.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The REST surface of one member. */
public final class ApiServer implements AutoCloseable {
  private static final Set<HandlerType> READING = Set.of(HandlerType.GET, HandlerType.HEAD);
  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

  private final Javalin javalin;
  private final List<LongPolls> waiters;
  private final HeldPolls polls;
  private final Streams streams;
  private final GrowthWatch growth;
  private final List<RouteTable.Route> routes;

  private ApiServer(
      Javalin javalin,
      List<LongPolls> waiters,
      HeldPolls polls,
      Streams streams,
      GrowthWatch growth,
      List<RouteTable.Route> routes) {
    this.javalin = javalin;
    this.waiters = waiters;
    this.polls = polls;
    this.streams = streams;
    this.growth = growth;
    this.routes = List.copyOf(routes);
  }

  /**
   * Starts to serve.
   *
   * @param host the address to bind
   * @param port the port; 0: any free one
   */
  public static ApiServer start(ApiContext node, String host, int port) {
    return start(node, new Listening(host, port, Optional.empty()));
  }

  /** Starts to serve at these addresses. */
  public static ApiServer start(ApiContext node, Listening where) {
    return start(node, where, System::nanoTime);
  }

  /**
   * Starts to serve at these addresses.
   *
   * @param nanos the monotonic clock by which reports of members grow old
   */
  static ApiServer start(ApiContext node, Listening where, LongSupplier nanos) {
    Access access = new Access(node.keys(), node.clock());
    NodeHeaders headers = new NodeHeaders(node);
    MapResponseCache maps = new MapResponseCache();
    // With its own bound, so that requests that wait for a map cannot prevent the start of a
    // migration.
    LongPolls forMaps = new LongPolls(node.view());
    LongPolls forMigrations = new LongPolls(node.view());
    LongPolls forMembers = new LongPolls(node.view());
    HeldPolls polls =
        new HeldPolls(node.view(), HeldPolls.Bounds.DEFAULT, node.recorder()::pollHeld);
    ResultJson bodies = new ResultJson(node, maps);
    RequestForwarder others = new RequestForwarder(node);
    LeaderForwarder leader = new LeaderForwarder(node, others);
    CommandHandler changes = new CommandHandler(node, access, leader, others, bodies);
    MemberTable members = new MemberTable(node, nanos);
    MembersDocument list = new MembersDocument(node, members);
    GrowthLooks looks = new GrowthLooks();
    AlarmLook alarms = new AlarmLook(node, access, members, looks::alarm);
    GrowthWatch growth = new GrowthWatch(GrowthWatch.Sources.of(node, alarms::surroundings), looks);
    Streams streams =
        new Streams(
            new Streams.Sources(
                node.id(),
                node.clock(),
                System::nanoTime,
                node.view(),
                node.reads(),
                node.leadership(),
                alarms::now,
                maps,
                node::fresh));
    ConsoleRoutes console = new ConsoleRoutes(node.keys());
    List<Routes> routes =
        List.of(
            console,
            new SettingsRoutes(node, access),
            new HealthRoutes(node, alarms),
            new MapRoutes(node, maps, forMaps, polls),
            new LocateRoutes(node),
            new ShardRoutes(node, changes),
            new MigrationStartRoutes(node, changes, leader, bodies, forMigrations),
            new ShardUrlRoutes(node, changes, leader, bodies),
            new MigrationRoutes(node, changes),
            new CheckRoutes(node, changes),
            new SweepRoutes(node, changes, leader),
            new PlanRoutes(node, changes, leader),
            new AutoscaleRoutes(node, changes, others, growth, looks),
            new SpillRoutes(node, others),
            new ForwardedChangeRoutes(node, access, changes),
            new RouterRoutes(changes, bodies),
            new HistoryRoutes(node),
            new BackupRoutes(node, access, changes),
            new ClusterBackupRoutes(node, access, changes),
            new BootstrapRoutes(node),
            new MemberRoutes(node, list, others),
            new MemberChangeRoutes(node, changes, members, list, forMembers),
            new StatusRoutes(node, alarms, members, bodies),
            new HealthReportRoutes(node, alarms, members),
            new DiagnosticsRoutes(node, access),
            new OpenApiRoutes(node.version()),
            StreamHandler.ROUTES);
    List<RouteTable.Route> added = new ArrayList<>();
    Javalin javalin =
        Javalin.create(
            config -> {
              WebServer.configure(
                  config,
                  where,
                  new ProblemErrorHandler(headers, node.recorder()),
                  next ->
                      new CallerHandler(
                          node.keys(),
                          new NodeHeadersHandler(
                              headers,
                              audited(
                                  node,
                                  new PortGuard(
                                      node,
                                      new HeadHandler(
                                          new MapHandler(
                                              node,
                                              access,
                                              maps,
                                              polls,
                                              new StreamHandler(
                                                  node,
                                                  access,
                                                  streams,
                                                  WebServer.guarded(
                                                      new BodyHandler(access, next))))))))));
              configure(config, node, access, hosts(node, where), console);
              RouteTable table = new RouteTable(config.routes);
              routes.forEach(r -> r.addTo(table));
              added.addAll(table.all());
            });
    return new ApiServer(
        javalin.start(),
        List.of(forMaps, forMigrations, forMembers),
        polls,
        streams,
        growth,
        added);
  }

  private static Handler audited(ApiContext node, Handler next) {
    return node.safeguards()
        .audit()
        .<Handler>map(file -> new AuditHandler(file, node.keys(), node.clock(), next))
        .orElse(next);
  }

  private static void configure(
      JavalinConfig config,
      ApiContext node,
      Access access,
      HostNames hosts,
      ConsoleRoutes console) {
    config.http.prefer405over404 = true;
    // Strict paths, as in Quiver: limits and open routes are found by path.
    config.router.ignoreTrailingSlashes = false;
    // Answers say their length before the framework would pack them: it failed with 500 instead.
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.routes.before(ConsoleRoutes::lead);
    config.routes.before(
        ctx -> {
          if (!Access.OPEN.contains(ctx.path()) && !console.isOpen(ctx.path())) {
            access.reader(ctx);
          }
        });
    // Before id and body are parsed: a caller without the role learns nothing from their errors.
    config.routes.beforeMatched(
        ctx -> {
          if (!READING.contains(ctx.method())) {
            CrossSite.refuse(ctx);
            if (node.keys().open()) {
              hosts.refuse(ctx);
            }
            access.admin(ctx);
          }
        });
    config.routes.exception(Exception.class, (failure, ctx) -> Responses.problem(ctx, failure));
    // The framework has its own mapper for these, which takes precedence.
    config.routes.exception(
        HttpResponseException.class, (failure, ctx) -> Responses.problem(ctx, failure));
    config.requestLogger.http(
        (ctx, millis) -> node.recorder().answered(method(ctx), route(ctx), ctx.statusCode()));
  }

  private static HostNames hosts(ApiContext node, Listening where) {
    return new HostNames(
        where.host(),
        () -> node.members().all().stream().map(one -> one.http().getHost()).toList());
  }

  /** Unknown methods share one name, because each name is a time series. */
  private static String method(Context ctx) {
    String method = ctx.req().getMethod();
    return HandlerType.commonHttp().stream().anyMatch(known -> known.name().equals(method))
        ? method
        : "OTHER";
  }

  private static String route(Context ctx) {
    return ctx.endpoints().list().stream()
        .filter(endpoint -> endpoint.method.isHttpMethod())
        .map(endpoint -> endpoint.path)
        .findFirst()
        .orElse("unknown");
  }

  /** Looks by the growth policy if it is time; to be called about every second. Never blocks. */
  public void lookAtGrowth() {
    growth.look();
  }

  /** All routes. */
  List<RouteTable.Route> routes() {
    return routes;
  }

  /** The port that it listens on. */
  public int port() {
    return javalin.port();
  }

  /** The port for HTTP over TLS; -1 if there is none. */
  public int tlsPort() {
    Connector[] connectors = javalin.jettyServer().server().getConnectors();
    return connectors.length > 1 && connectors[1] instanceof ServerConnector tls
        ? tls.getLocalPort()
        : -1;
  }

  /** Answers all held polls, ends all streams and holds no more: this member shuts down. */
  public void letPollsGo() {
    polls.close();
    streams.end();
  }

  /** Refuses new requests; those under way have 2 s to end before they are aborted. */
  @Override
  public void close() {
    letPollsGo();
    waiters.forEach(LongPolls::close);
    try {
      javalin.stop();
    } catch (JavalinException e) {
      if (!(e.getCause() instanceof TimeoutException)) {
        throw e;
      }
      LOG.warn("some requests were still under way and were aborted");
    } finally {
      streams.close();
    }
  }
}
