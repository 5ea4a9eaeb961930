/** Entry of every page with a model: registers `<museum-relic>`. */
import { MuseumRelic } from './relic/element';

if (!customElements.get('museum-relic')) customElements.define('museum-relic', MuseumRelic);
