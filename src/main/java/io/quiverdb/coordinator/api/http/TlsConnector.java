// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.quiverdb.coordinator.api.http.Listening.Certificates;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Makes the connector for HTTP over TLS. New connections get the newest certificate. */
final class TlsConnector {
  private TlsConnector() {}

  static ServerConnector of(Server server, HttpConfiguration plain, Listening.Tls wanted) {
    SslContextFactory.Server factory = new SslContextFactory.Server();
    factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    factory.setWantClientAuth(wanted.certificates() == Certificates.WANT);
    factory.setNeedClientAuth(wanted.certificates() == Certificates.NEED);
    wanted.material().serve(context -> use(factory, context));
    HttpConfiguration http = new HttpConfiguration(plain);
    // A member is called by its address too, which is no server name.
    http.addCustomizer(new SecureRequestCustomizer(false));
    ServerConnector connector =
        new ServerConnector(
            server,
            1,
            1,
            new SslConnectionFactory(factory, HttpVersion.HTTP_1_1.asString()),
            new HttpConnectionFactory(http));
    connector.setHost(wanted.host());
    connector.setPort(wanted.port());
    return connector;
  }

  private static void use(SslContextFactory.Server factory, SSLContext context) {
    if (!factory.isStarted()) {
      factory.setSslContext(context);
      return;
    }
    try {
      factory.reload(same -> same.setSslContext(context));
    } catch (Exception e) {
      throw new IllegalStateException("Jetty does not take the new certificate", e);
    }
  }
}
