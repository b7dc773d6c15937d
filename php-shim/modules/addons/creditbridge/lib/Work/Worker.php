<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Work;

use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Connection\Secrets;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\Autocommit;
use WHMCS\Module\Addon\Creditbridge\Installation\Configuration;
use WHMCS\Module\Addon\Creditbridge\SelfTest\CutOffTrial;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * The loop of worker.php: works, and checks again after a short pause if there was nothing to do.
 */
final class Worker
{
    /** A compromise: new commands are noticed soon, and an idle worker rarely asks the database. */
    const IDLE_MICROSECONDS = 500000;
    /** Without --for it ends before a crontab starts it again in the next minute. */
    const DEFAULT_SECONDS = 55;

    const HELP = <<<'TEXT'
Sends spooled hooks to the Credit Bridge service and runs waiting commands.

  php worker.php [--for=SECONDS] [--once]

    --for=SECONDS  work for that long (default 55, for a crontab line that starts it every minute)
  --once         do all waiting work, then end
  --help         show this text

Several may run at once; they share the work.

TEXT;

    /**
     * @param string[] $arguments of the command line, without the script
     * @return int exit code
     */
    public static function main(array $arguments): int
    {
        $options = self::options($arguments);
        if ($options === null) {
            fwrite(STDERR, self::HELP);
            return 2;
        }
        if ($options['help']) {
            fwrite(STDOUT, self::HELP);
            return 0;
        }
        Autocommit::restore();
        if (Database::inTransaction()) {
            fwrite(STDERR, "worker.php cannot work: another module opens a transaction on the database connection of WHMCS while"
                . " WHMCS starts, and leaves it open.\n");
            return 1;
        }
        $settings = Settings::load();
        Configuration::take($settings);
        Attempt::to('trial', static function () use ($settings): void {
            CutOffTrial::cleanUp($settings);
        });
        $round = new Round($settings);
        $deadline = Clock::seconds() + $options['seconds'];
        do {
            Secrets::forget();
            $moved = (int) Attempt::to('worker', static function () use ($round, $deadline): int {
                return $round->work($deadline);
            }, 0);
            if ($moved === 0 && $options['once']) {
                break;
            }
            if ($moved === 0 && Clock::seconds() < $deadline) {
                usleep(self::IDLE_MICROSECONDS);
            }
        } while (Clock::seconds() < $deadline);

        return 0;
    }

    /** @return array|null null if an argument is not known */
    private static function options(array $arguments)
    {
        $options = ['seconds' => self::DEFAULT_SECONDS, 'once' => false, 'help' => false];
        foreach ($arguments as $argument) {
            if (preg_match('/^--for=(\d{1,6})$/', $argument, $match)) {
                $options['seconds'] = (int) $match[1];
            } elseif ($argument === '--once') {
                $options['once'] = true;
            } elseif ($argument === '--help' || $argument === '-h') {
                $options['help'] = true;
            } else {
                return null;
            }
        }
        return $options;
    }
}
