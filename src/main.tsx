import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './charts/all.css';
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
