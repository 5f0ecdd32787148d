package io.quiverdb.coordinator.api;

import io.javalin.config.RoutesConfig;

/** The routes of one subject. */
interface Routes {
  /** Adds them. */
  void addTo(RoutesConfig routes);
}
