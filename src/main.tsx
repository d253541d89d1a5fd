import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './charts/charts.css';
import './charts/metrics.css';
import './charts/networkGraph.css';
import './charts/runCurves.css';
import './charts/weights.css';
import { start } from './state/start.ts';
import { App } from './views/App.tsx';
import './views/styles/all.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

void start().then(() =>
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  ),
);
