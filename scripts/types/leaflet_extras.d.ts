/** What Leaflet's types do not know: django-leaflet's widget and event, and what our markers carry. */
import * as Leaflet from "leaflet";

declare module "leaflet" {
  /** Of django-leaflet's widget; only where there is one. */
  // biome-ignore lint/suspicious/noExplicitAny: it comes without types
  const FieldStore: any;

  interface MarkerOptions {
    /** What an incident's marker shows (incident_layer.js). */
    shown?: { feature: Wire.IncidentFeature; alerting: boolean; at: Leaflet.LatLng; marker?: Leaflet.Marker };
  }

  interface GridLayer {
    initialize(options: Leaflet.GridLayerOptions): void;
  }
}

declare global {
  interface WindowEventMap {
    "map:init": CustomEvent<{ map: Leaflet.Map; options: object }>;
  }
  interface NotificationOptions {
    renotify?: boolean;
  }
}
