// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.http.DirectHttp;
import io.quiverdb.coordinator.http.DirectRequest;
import io.quiverdb.coordinator.http.NameLookups;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;

/** The processes of {@link LostPacketsIT}. */
final class LostPacketsRoles {
  private static final int PORT = 7_000;
  private static final int BODY = 5_000;
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofSeconds(2);

  private LostPacketsRoles() {}

  /** Prints the path of each request whose body came whole. */
  static final class Receiver {
    private Receiver() {}

    public static void main(String[] args) throws IOException {
      // Else it closes the connection after 30 s, and what comes after that meets nobody.
      System.setProperty("sun.net.httpserver.idleInterval", "600");
      HttpServer server = HttpServer.create(new InetSocketAddress(args[0], PORT), 0);
      server.setExecutor(Executors.newCachedThreadPool());
      server.createContext("/", Receiver::take);
      server.start();
      System.out.println("READY");
    }

    private static void take(HttpExchange exchange) throws IOException {
      if (exchange.getRequestBody().readAllBytes().length == BODY) {
        System.out.println(exchange.getRequestURI());
      }
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    }
  }

  /**
   * Makes a connection on a byte of input, and says when it stands; on the next byte sends a
   * request over it, and gives it up after two seconds, but for the one that is to be killed.
   */
  static final class Caller {
    private Caller() {}

    public static void main(String[] args) throws Exception {
      boolean ordinary = args[0].equals("ordinary");
      try (NameLookups names = new NameLookups();
          BoundedHttp bounded = new BoundedHttp("ordinary", LONG, 1);
          DirectHttp direct = new DirectHttp(names, LONG, 1)) {
        Call call =
            (path, limit) -> {
              if (ordinary) {
                bounded.call(
                    BoundedHttp.request(args[1], path)
                        .POST(BodyPublishers.ofByteArray(new byte[BODY]))
                        .build(),
                    limit,
                    BODY);
              } else {
                direct.call(
                    DirectRequest.of(args[1], "POST", path).with(new byte[BODY]), limit, BODY);
              }
            };
        System.out.println("READY");
        int begin = System.in.read();
        call.make("/warm/" + args[0], LONG);
        System.out.println("warm");
        int lost = System.in.read();
        call.make("/late/" + args[0], args[0].equals("killed") ? LONG : SHORT);
        System.out.println("answered");
      } catch (TimeoutException e) {
        System.out.println("gave it up");
        // Stays, so that the end of the process is not what ends the connection.
        int unused = System.in.read();
      }
    }

    private interface Call {
      void make(String path, Duration limit) throws Exception;
    }
  }
}
